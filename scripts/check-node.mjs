/** Ends with one line where Node is too old: what comes after would fail with words that say less. */
const OLDEST = 20;
const major = Number(process.versions.node.split('.')[0]);

if (major < OLDEST) {
  console.error(
    `Sightline needs Node ${OLDEST} or newer, and this is Node ${process.versions.node}. Node 24 is recommended.`,
  );
  process.exit(1);
}
