/**
 * Runs before the first paint, as a classic script: the chosen theme, and in the shells, which are
 * the same for everyone, the role whose tabs are shown. Whatever is hidden here is guarded on the server.
 */
(() => {
  const root = document.documentElement;
  const theme = /(?:^|; )theme=(auto|light|contrast)/.exec(document.cookie)?.[1];
  if (theme) root.dataset.theme = theme;
  try {
    const role = 'shell' in root.dataset && localStorage.getItem('role');
    if (role) root.dataset.role = role;
  } catch {
    // storage is off: the tabs of everyone are enough
  }
})();
