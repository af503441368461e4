/** An entry's page: copy, and a note on this phone that it was opened. */
import { state } from './boot.js';
import { opened } from './directory_store.js';
import './directory_words.js';
import { getIdentity } from './identity.js';
import { byId, copy, show } from './screen.js';

const { card, starred } = byId('entry').dataset;
const button = byId('copy-entry');
if (button) {
  show(button, Boolean(navigator.clipboard));
  button.addEventListener('click', () => copy(button.dataset.text, 'entry.copied'));
}

/** Before the server has said whose session this is, the phone may still know somebody else. */
async function note() {
  const told = await state;
  const identity = await getIdentity();
  if (card && identity && told?.person?.id === identity.person.id) await opened(identity.person.id, JSON.parse(card), starred === 'yes');
}
note().catch(() => {}); // without storage the page is as useful
