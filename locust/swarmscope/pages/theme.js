// Light and dark, and colours that colour-blind readers can tell apart (Okabe-Ito, Paul Tol).

const KEY = "swarmscope-theme";
const CHOICES = ["auto", "light", "dark"];

const LIGHT = {
  text: "#1b232c", muted: "#55606c", grid: "#e3e7eb", paper: "#ffffff", hover: "#ffffff", border: "#c3cad1",
  requests: "#0072b2", failures: "#c64600", due: "#55606c", dropped: "#8a2f7d", p50: "#2f9bd1", p95: "#00508a", p99: "#8a2f7d", max: "#737d87",
  users: ["#0072b2", "#009e73", "#b87a00", "#8a2f7d", "#5b6770"],
  overlays: ["#a85f00", "#117733", "#882255", "#7a6a00", "#332288", "#00796b"],
  limit: "#3d4752", marker: "#7b8794", shade: "rgba(123, 135, 148, 0.22)",
};
const DARK = {
  text: "#e6ebf0", muted: "#a3afbb", grid: "#2c3640", paper: "#171d23", hover: "#222b34", border: "#46525e",
  requests: "#56b4e9", failures: "#ff8a4c", due: "#a3afbb", dropped: "#e08ac9", p50: "#8ad2f5", p95: "#3f9fe0", p99: "#e08ac9", max: "#8b97a3",
  users: ["#56b4e9", "#2fc79a", "#f0b840", "#e08ac9", "#a3afbb"],
  overlays: ["#f0b840", "#5ccb7a", "#f093b0", "#ddd36b", "#a99bff", "#4fd1c5"],
  limit: "#d3dae1", marker: "#8b97a3", shade: "rgba(139, 151, 163, 0.25)",
};

const system = window.matchMedia("(prefers-color-scheme: dark)");

function stored() {
  try {
    const choice = localStorage.getItem(KEY);
    return CHOICES.includes(choice) ? choice : "auto";
  } catch {
    return "auto"; // a file opened from disk may have no storage: the choice then lasts as long as the page
  }
}

function store(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // as above
  }
}

export function isDark() {
  const choice = document.documentElement.dataset.theme ?? "auto";
  return choice === "dark" || (choice === "auto" && system.matches);
}

export function colours() {
  return isDark() ? DARK : LIGHT;
}

function apply(button, choice) {
  document.documentElement.dataset.theme = choice;
  button.textContent = `Theme: ${choice}`;
}

/** Let `button` go through auto, light and dark; `onChange` redraws. */
export function initTheme(button, onChange) {
  apply(button, stored());
  button.addEventListener("click", () => {
    const next = CHOICES[(CHOICES.indexOf(document.documentElement.dataset.theme) + 1) % CHOICES.length];
    store(next);
    apply(button, next);
    onChange();
  });
  system.addEventListener("change", onChange);
}
