// The colours of the app, as Streamlit hands them to components, in the words of Plotly.

const CLEAR = "rgba(0,0,0,0)";

/** What the app looks like now; `mark` differs when any of it differs. */
export function appTheme(root) {
  const style = getComputedStyle(root);
  const read = (name, otherwise) => {
    const value = style.getPropertyValue(name).trim();
    return value && value !== "unset" ? value : otherwise;
  };
  const theme = {
    text: read("--st-text-color", "#222222"),
    background: read("--st-background-color", "#ffffff"),
    raised: read("--st-secondary-background-color", "#f0f2f6"),
    primary: read("--st-primary-color", "#0072b2"),
    font: read("--st-font", "sans-serif"),
  };
  theme.series = read("--st-chart-categorical-colors", "#0072B2,#D55E00,#009E73,#CC79A7,#E69F00").split(",");
  theme.mark = Object.values(theme).join("|");
  return theme;
}

/** The figure's own template with the app's colours laid under everything that the figure leaves open. */
export function themedTemplate(template, theme) {
  const given = isPlaceholder(template) ? {} : (template ?? {});
  const faint = faded(theme.text, 0.14);
  const line = faded(theme.text, 0.4);
  const axis = {
    gridcolor: faint, linecolor: line, zerolinecolor: line, tickcolor: line, automargin: true,
    color: theme.text, spikecolor: theme.text,
  };
  const sceneAxis = { ...axis, automargin: undefined, backgroundcolor: CLEAR, showbackground: false };
  const layout = given.layout ?? {};
  return {
    ...given,
    layout: {
      ...layout,
      colorway: layout.colorway ?? theme.series,
      shapedefaults: { line: { color: theme.text }, ...layout.shapedefaults },
      annotationdefaults: { arrowcolor: theme.text, ...layout.annotationdefaults },
      xaxis: { ...layout.xaxis, ...axis },
      yaxis: { ...layout.yaxis, ...axis },
      scene: { ...layout.scene, xaxis: sceneAxis, yaxis: sceneAxis, zaxis: sceneAxis, bgcolor: CLEAR },
      polar: { ...layout.polar, bgcolor: CLEAR, angularaxis: axis3(axis), radialaxis: axis3(axis) },
      hoverlabel: {
        ...layout.hoverlabel, bgcolor: theme.raised, bordercolor: line,
        font: { color: theme.text, family: theme.font },
      },
      legend: { ...layout.legend, bgcolor: CLEAR },
      margin: layout.margin ?? { l: 56, r: 16, t: 16, b: 44 },
    },
  };
}

/** Inside Streamlit a figure without a template gets one whose colours only number places: #000001, ... */
function isPlaceholder(template) {
  return template?.layout?.colorway?.[0] === "#000001";
}

/** Colours that must follow the app even where a figure says otherwise. */
export function themedLayout(layout, theme) {
  return {
    ...layout,
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    font: { ...layout.font, color: theme.text, family: theme.font },
  };
}

function axis3({ gridcolor, linecolor, tickcolor, color }) {
  return { gridcolor, linecolor, tickcolor, color };
}

const canvas = document.createElement("canvas").getContext("2d");

/** Any CSS colour with another opacity. */
function faded(color, opacity) {
  canvas.fillStyle = "#888888";
  canvas.fillStyle = color; // the canvas turns every opaque CSS colour into #rrggbb
  const hex = canvas.fillStyle;
  if (!hex.startsWith("#")) return hex;
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return `rgba(${r},${g},${b},${opacity})`;
}
