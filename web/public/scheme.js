// Chooses light or dark before the first paint; a script of its own because of the content policy.
(() => {
  let wanted = null;
  try {
    wanted = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // storage is blocked: follow the system
  }
  const dark =
    wanted === "dark" ||
    (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
})();
