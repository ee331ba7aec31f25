"""Maps: the only place that draws, and the only place that imports folium."""
