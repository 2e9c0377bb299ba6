/** What `CI` stands for; any number would do. */
const OF_EVERY_RUN = 20_211;

/** The seed that an environment asks for; undefined: another one in each run. Throws where it is no whole number. */
export function seedOf({ SIGHTLINE_SEED: asked, CI }: Readonly<NodeJS.ProcessEnv>): number | undefined {
  if (asked === undefined || asked === '') {
    return CI === undefined || CI === '' || CI === 'false' ? undefined : OF_EVERY_RUN;
  }
  const seed = Number(asked);
  if (!Number.isInteger(seed) || Math.abs(seed) >= 2 ** 31) {
    throw new Error(`SIGHTLINE_SEED must be a whole number of 32 bits, not ${asked}.`);
  }
  return seed;
}
