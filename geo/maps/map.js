/* The part of a map page that moves: marks, pop-ups, search, filters, sorting, print.
   All text comes from the page's own list and goes back as text, never as HTML. */
'use strict';

const kithMap = (() => {
  const rows = [...document.querySelectorAll('#features tbody tr')];
  const groups = [...document.querySelectorAll('[data-group]')];
  const classes = [...document.querySelectorAll('[data-freshness]')];
  const search = document.getElementById('search');
  const showing = document.getElementById('showing');
  const marks = new Map();
  const icons = new Map();
  let map, cluster, popup, bounds, texts, kept = rows.map((_, i) => i);

  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false });
    L.MarkerClusterGroup.mergeOptions({ animate: false });
  }

  const drawing = (row) => {
    const { g, f } = rows[row].dataset;
    return `<svg aria-hidden="true"><use href="#kith-ring-${classes[+f].dataset.ring}"/>` +
      `<use href="#kith-mark-${+g}"/></svg>`;
  };

  function icon(row) {
    const html = drawing(row);
    if (!icons.has(html)) {
      icons.set(html, L.divIcon({ html, className: 'kith-mark', iconSize: [34, 34] }));
    }
    return icons.get(html);
  }

  function nameOf(row) {
    const [number, , group] = rows[row].cells;
    const checked = classes[+rows[row].dataset.f].parentElement.textContent.replace(/[\d,\s]+$/, '');
    return `${parseInt(number.textContent, 10)}. ${called(row)}. ${words(group)}. ${checked.trim()}`;
  }

  /* The name with its labels, without what is said about it. */
  function called(row) {
    const name = rows[row].cells[1].cloneNode(true);
    name.querySelector('.about')?.remove();
    return words(name);
  }

  const words = (cell) => cell.textContent.replace(/\s+/g, ' ').trim();

  /* One mark of the clustered layer; `row` is [latitude, longitude, row of the list]. */
  function mark(row) {
    const marker = L.marker([row[0], row[1]], { icon: icon(row[2]), riseOnHover: true });
    marker.kithRow = row[2];
    marker.on('add', nameMarker);
    marks.set(row[2], marker);
    return marker;
  }

  function nameMarker({ target }) {
    const name = nameOf(target.kithRow);
    target.getElement().setAttribute('aria-label', name);
    target.getElement().title = called(target.kithRow);
  }

  function clusterIcon(group) {
    const count = group.getChildCount();
    const size = 36 + 8 * Math.min(Math.floor(Math.log10(count)), 3);
    return L.divIcon({
      html: `<span>${count.toLocaleString('en-GB')}</span><span class="hidden"> assets here: zoom in</span>`,
      className: 'kith-cluster', iconSize: [size, size],
    });
  }

  function start(drawn) {
    ({ map, cluster, bounds } = drawn);
    map.attributionControl?.setPrefix(false);
    popup = L.popup({ maxWidth: 300, minWidth: 200, offset: [0, -10], autoPanPadding: [12, 12] });
    cluster.on('click', ({ layer }) => open(layer, details(layer.kithRow)));
    cluster.on('keypress', ({ layer, originalEvent }) => {
      if (originalEvent.key === 'Enter') open(layer, details(layer.kithRow));
    });
    bindKeyboard();
    bindTools();
    bindFullScreen();
    addEventListener('beforeprint', toPaper);
    addEventListener('afterprint', fromPaper);
  }

  /* Pop-ups */

  function open(marker, content) {
    popup.source = marker;
    popup.options.maxHeight = Math.round(map.getSize().y * 0.62);
    popup.setLatLng(marker.getLatLng()).setContent(content).openOn(map);
    const box = popup.getElement();
    box.setAttribute('role', 'dialog');
    box.setAttribute('aria-label', content.querySelector('.details-name').textContent.trim());
    content.tabIndex = 0;
    content.focus({ preventScroll: true });
  }

  function details(row) {
    const box = document.createElement('div');
    const name = document.createElement('p');
    name.className = 'details-name';
    name.append(...rows[row].cells[1].cloneNode(true).childNodes);
    const about = [...name.querySelectorAll('.about')];
    const list = document.createElement('dl');
    for (const cell of [...rows[row].cells].slice(2)) {
      if (words(cell)) list.append(pair(cell.dataset.label, cell.cloneNode(true).childNodes));
    }
    box.append(name, ...about, list);
    return box;
  }

  function pair(label, value) {
    const line = document.createElement('div');
    const term = document.createElement('dt');
    const told = document.createElement('dd');
    term.textContent = label;
    told.append(...value);
    line.append(term, told);
    return line;
  }

  function bindKeyboard() {
    const box = map.getContainer();
    // A button answers to the space bar as well as to Enter; Leaflet only knows Enter.
    box.addEventListener('keydown', (event) => {
      if (event.key === ' ' && event.target.matches('.leaflet-marker-icon')) {
        event.preventDefault();
        event.target.click();
      } else if (event.key === 'Escape') map.closePopup();
    });
    // A wheel over the map scrolls the page, as everywhere else, until the map has been chosen.
    box.addEventListener('focusin', () => map.scrollWheelZoom.enable());
    box.addEventListener('focusout', () => map.scrollWheelZoom.disable());
    map.on('popupclose', () => {
      if (!box.contains(document.activeElement) && document.activeElement !== document.body) return;
      const from = popup.source?.getElement();
      (from?.isConnected ? from : box).focus({ preventScroll: true });
    });
    map.on('zoomend', () => {
      const at = popup.source;
      if (at && cluster.getVisibleParent(at) !== at) map.closePopup();
    });
    // The pressed cluster disappears when the map zooms, and the focus must not be lost with it.
    cluster.on('clusterkeypress', () => box.focus({ preventScroll: true }));
  }

  /* Search, filters, sorting: the map and the list always show the same. */

  function bindTools() {
    if (!search) return;
    let waiting;
    search.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { filter(); fit(); }, 150);
    });
    document.getElementById('key').addEventListener('change', filter);
    document.getElementById('show-all').addEventListener('click', showAll);
    document.getElementById('print').addEventListener('click', () => print());
    document.getElementById('features').addEventListener('click', findOnMap);
    document.querySelectorAll('.sort').forEach((button, column) => {
      button.addEventListener('click', () => sort(button.parentElement, column));
    });
  }

  function filter() {
    texts ??= rows.map((row) => row.textContent.toLowerCase());
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const next = [];
    rows.forEach((row, i) => {
      const keep = groups[+row.dataset.g].checked && classes[+row.dataset.f].checked &&
        wanted.every((word) => texts[i].includes(word));
      row.hidden = !keep;
      if (keep) next.push(i);
    });
    kept = next;
    map.closePopup();
    cluster.clearLayers();
    cluster.addLayers(keptMarks());
    const all = rows.length.toLocaleString('en-GB');
    showing.textContent = kept.length === rows.length
      ? `Showing all ${all}` : `Showing ${kept.length.toLocaleString('en-GB')} of ${all}`;
    document.getElementById('none-left').hidden = kept.length > 0;
  }

  const keptMarks = () => kept.map((row) => marks.get(row)).filter(Boolean);

  function fit() {
    const shown = keptMarks();
    if (kept.length === rows.length) map.fitBounds(bounds, { padding: [24, 24] });
    else if (shown.length) map.fitBounds(L.latLngBounds(shown.map((m) => m.getLatLng())), { padding: [40, 40], maxZoom: 16 });
  }

  function showAll() {
    search.value = '';
    [...groups, ...classes].forEach((box) => { box.checked = true; });
    filter();
    fit();
  }

  function findOnMap(event) {
    const link = event.target.closest('a.find');
    if (!link) return;
    event.preventDefault();
    const marker = marks.get(rows.indexOf(link.closest('tr')));
    map.getContainer().scrollIntoView({ block: 'center' });
    cluster.zoomToShowLayer(marker, () => open(marker, details(marker.kithRow)));
  }

  function sort(header, column) {
    const down = header.getAttribute('aria-sort') === 'ascending';
    const collator = new Intl.Collator('en-GB', { numeric: true });
    const key = (row) => row.cells[column].dataset.sort ?? words(row.cells[column]);
    const keyed = rows.map((row, i) => [key(row), i]);
    // Empty values last whichever way; equal values in the order of the numbers.
    keyed.sort(([a, i], [b, j]) =>
      (a === '') - (b === '') || (down ? collator.compare(b, a) : collator.compare(a, b)) || i - j);
    document.querySelectorAll('#features [aria-sort]').forEach((th) => th.removeAttribute('aria-sort'));
    header.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    rows[0].parentElement.append(...keyed.map(([, i]) => rows[i]));
  }

  /* Full screen shows only the map's own element, so the key travels with it. */

  function bindFullScreen() {
    const key = document.getElementById('key');
    const home = key.parentElement;
    const button = map.getContainer().querySelector('.fullscreen-icon');
    map.on('enterFullscreen exitFullscreen', ({ type }) => {
      const full = type === 'enterFullscreen';
      (full ? map.getContainer() : home).append(key);
      button.setAttribute('aria-label', full ? 'Leave full screen' : 'Full screen');
    });
    L.DomEvent.on(key, 'click dblclick mousedown touchstart wheel', (event) => {
      if (key.parentElement !== home) L.DomEvent.stopPropagation(event);
    });
  }

  /* Paper has no zoom: marks are taken out of their clusters and carry the numbers of the list. */

  const MOST_ON_PAPER = 300;
  let paper, view;

  function toPaper() {
    if (paper) return;
    view = { centre: map.getCenter(), zoom: map.getZoom() };
    map.closePopup();
    document.body.classList.add('printing');
    map.invalidateSize({ animate: false });
    map.fitBounds(bounds, { animate: false, padding: [10, 10] });
    paper = L.layerGroup();
    if (kept.length > MOST_ON_PAPER) return;
    map.removeLayer(cluster);
    paper = L.markerClusterGroup({
      maxClusterRadius: 26, animate: false, spiderfyOnMaxZoom: false, iconCreateFunction: paperIcon,
    });
    paper.addLayers(keptMarks().map((marker) => {
      const copy = L.marker(marker.getLatLng(), { icon: numbered([marker.kithRow]) });
      copy.kithRow = marker.kithRow;
      return copy;
    }));
    map.addLayer(paper);
  }

  const paperIcon = (group) =>
    numbered(group.getAllChildMarkers().map((m) => m.kithRow).sort((a, b) => a - b));

  function numbered(list) {
    const text = ranges(list.map((row) => row + 1)).join(', ');
    return L.divIcon({
      html: drawing(list[0]) + `<b>${text}</b>`, className: 'kith-mark kith-paper', iconSize: [26, 26],
    });
  }

  /* [1, 2, 3, 7] becomes ['1–3', '7']. */
  function ranges(numbers) {
    const runs = [];
    for (const number of numbers) {
      const last = runs.at(-1);
      if (last && number === last[1] + 1) last[1] = number;
      else runs.push([number, number]);
    }
    return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  }

  function fromPaper() {
    if (!paper) return;
    map.removeLayer(paper);
    paper = undefined;
    map.addLayer(cluster);
    document.body.classList.remove('printing');
    map.invalidateSize({ animate: false });
    map.setView(view.centre, view.zoom, { animate: false });
  }

  return { mark, clusterIcon, start };
})();
