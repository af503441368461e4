import './boot.js';
