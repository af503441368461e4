// Sends one photo with tus-js-client, as a foreign program would; says the upload's address and how
// many bytes went out. Arguments: endpoint, ticket, photo id, file, chunk size, "override" or "".
import { readFile } from 'node:fs/promises';

import { Upload } from 'tus-js-client';

const [endpoint, ticket, photo, file, chunk, override] = process.argv.slice(2);
const chunkSize = Number(chunk);
const whole = await readFile(file);
let sent = 0;

const upload = new Upload(whole, {
  endpoint,
  chunkSize,
  headers: { Authorization: `Bearer ${ticket}` },
  metadata: { photo },
  overridePatchMethod: override === 'override',
  retryDelays: Array(400).fill(50),
  onShouldRetry: () => true,
  storeFingerprintForResuming: false,
  onBeforeRequest: async (request) => {
    const patch = request.getMethod() === 'PATCH' || request.getHeader('X-HTTP-Method-Override') === 'PATCH';
    if (patch) sent += Math.min(chunkSize, whole.length - Number(request.getHeader('Upload-Offset')));
    await new Promise((done) => setTimeout(done, 5)); // so that a kill finds it at work
  },
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess: () => console.log(JSON.stringify({ url: upload.url, sent })),
});
upload.start();
