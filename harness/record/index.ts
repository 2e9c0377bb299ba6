/** Recordings without a session: of films and of simulated desktops. Node only. */
export { SceneReader } from './scene-reader.js';
export { recordFilm, type StudioOptions } from './studio.js';
export { VirtualClock } from './virtual-clock.js';
