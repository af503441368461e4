/**
 * Where the QR encoder comes from. The build bundles the package; an un-built page finds no bare
 * name and takes the copy that the server hands out of node_modules; without either, null.
 */

/** @returns {Promise<typeof import('lean-qr') | null>} */
export async function loadEngine() {
  try {
    return await import('lean-qr');
  } catch {
    return import('../vendor/lean-qr.mjs').catch(() => null);
  }
}
