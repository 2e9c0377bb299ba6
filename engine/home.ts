/**
 * The canvas looks for fonts in the user's home when it is loaded, and cannot be loaded where the user has none, as in
 * a container that runs under a number that no account has: there it is told not to look.
 */
import { homedir } from 'node:os';

try {
  homedir();
} catch {
  process.env.DISABLE_SYSTEM_FONTS_LOAD = '1';
}
