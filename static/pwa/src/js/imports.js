/** Pages of files that administrators bring in and take out. */
import './boot.js';
import { follow } from './import_progress.js';
import { byId } from './screen.js';

if (byId('progress')) follow(byId('progress'));
