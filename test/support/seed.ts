/**
 * Which cases property tests try. Other ones in each run, so that many runs see many; where a run decides about a change
 * (`CI` is set), always the same ones, so that it fails because of the change and of nothing else. `SIGHTLINE_SEED` says
 * which: a property that fails prints its seed.
 */
import fc from 'fast-check';
import { seedOf } from './seed-of.js';

const seed = seedOf(process.env);
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
