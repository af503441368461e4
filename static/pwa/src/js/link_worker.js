/** A page that a link opens, without a login, keeps itself on its device: it opens without a network too. */
const built = import.meta.url.indexOf('/dist/') >= 0; // un-built sources run without a worker

/** Begin to keep this page, or look whether its link still opens it: then what was kept goes. */
export async function keepPage() {
  if (!built || !navigator.serviceWorker) return;
  const policy = window.trustedTypes && window.trustedTypes.createPolicy('office-sw', { createScriptURL: () => '/sw.js' });
  await navigator.serviceWorker.register(policy ? policy.createScriptURL('') : '/sw.js', { updateViaCache: 'none' });
  lookAgain();
}

/** The worker asks for the page anew and keeps it, or lets go of it. */
export async function lookAgain() {
  if (!built || !navigator.serviceWorker) return;
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ type: 'KIOSK', path: location.pathname });
}
