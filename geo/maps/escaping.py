"""Make text harmless before folium sees it."""

from __future__ import annotations

from html import escape


def for_folium(text: str) -> str:
    """Text as HTML that folium, the browser's script parser and Leaflet all leave as text.

    Folium puts text into its page unescaped, and Leaflet writes labels and attributions as HTML.
    Braces need care of their own: branca compiles each rendered script as a Jinja template once
    more, so that `{{ ... }}` in a name would run as a program on the server (branca 0.8).
    """
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")
