/** The page of a report: one file that needs no server. */
import { readFile } from 'node:fs/promises';
import { builtFile } from '../../engine/artifacts.js';
import { settingsKey } from './compare.js';
import type { LabReport } from './format.js';
import { pageData } from './page-data.js';

/** Nothing is loaded, and nothing is sent: all that the page needs is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/** Rejects when the page has not been built. */
export async function htmlOf(reports: readonly LabReport[]): Promise<string> {
  const built = (name: string): Promise<string> => readFile(builtFile('report-page', name), 'utf8');
  const [script, style] = await Promise.all([built('main.js'), built('main.css')]);
  const data = JSON.stringify(pageData(reports, ({ settings }) => settingsKey(settings)));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sightline</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<noscript>The report needs JavaScript. – Le rapport a besoin de JavaScript.</noscript>
<script type="application/json" id="data">${unbroken(data)}</script>
<script type="module">${unbrokenScript(script)}</script>
</body>
</html>
`;
}

/** JSON in which no tag can end, whatever a report's texts hold. */
function unbroken(json: string): string {
  return json.replaceAll('<', '\\u003c');
}

/** Within a script the end tag alone is special. */
function unbrokenScript(script: string): string {
  return script.replaceAll('</script', '<\\/script');
}
