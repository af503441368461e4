/** The photos' queue as pages fetch it after they have loaded. */
// Not needed here: as in boot.js, so that the build leaves in one file what most pages load.
import './records.js';

export * from './photo_queue.js';
