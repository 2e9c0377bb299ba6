/** The page of a report: its data is in the page. */
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './report.css';
import { pickLocale } from '../messages/index.js';
import type { PageData } from '../reports/page-data.js';
import { App } from './App.js';

const data = JSON.parse(document.getElementById('data')!.textContent) as PageData;
render(<App data={data} locale={pickLocale(navigator.languages)} />, document.getElementById('root')!);
