/** The darkroom in a thread of its own, so that the finder and the shutter never wait for a picture. */
import { develop } from './darkroom.js';

self.addEventListener('message', async ({ data: { id, frame, line } }) => {
  try {
    const made = await develop(frame, line);
    self.postMessage({ id, made }, [made.bytes, made.thumb]);
  } catch (error) {
    self.postMessage({ id, failed: String(error) });
  }
});
self.postMessage({ ready: true });
