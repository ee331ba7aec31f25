// Adds comfort to pages that work without it: the design system's menus, counters and summaries.
import { initAll } from "/static/kith/vendor/nhsuk-frontend.min.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();
