// How the page names its elements: by data-name until 2025, by data-qa-id since, where a name may be one
// of a list. A canvas with candles kept its data-name.

const lists = {
  "legend-source-title": "title-wrapper legend-source-title",
  "legend-source-description": "title-wrapper legend-source-description",
  "legend-source-interval": "title-wrapper legend-source-interval",
  "legend-source-exchange": "title-wrapper legend-source-exchange",
  "legend-source-provider": "title-wrapper legend-source-provider",
};

// namer returns the function that names an element as the page of that year does.
export function namer(year) {
  return (element, name) => {
    if (year === "2025" || name === "pane-canvas") element.dataset.name = name;
    else element.dataset.qaId = lists[name] ?? name;
    return element;
  };
}
