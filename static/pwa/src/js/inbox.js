/** The office's photo pages: the grid and its keys, what arrives meanwhile, one photo, a sheet being made. */
import './boot.js';
import { chosen, keys } from './inbox_grid.js';
import { live } from './inbox_live.js';
import { progress } from './photo_export.js';
import { viewer } from './photo_view.js';
import { byId } from './screen.js';

if (byId('inbox')) {
  keys(byId('inbox'));
  chosen(byId('inbox'));
  live(byId('inbox'));
}
if (byId('photo')) viewer(byId('photo'));
if (byId('export')) progress(byId('export'));
