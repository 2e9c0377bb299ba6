/** What a relay answers over HTTP: routes on a router, and pages from memory. */
export { type PageFile, type PageForm, readPage } from './page-files.js';
export { answerPage } from './pages.js';
export { securityHeaders } from './security-headers.js';
export { answerFrom, createSite, MAX_BODY_BYTES, plain, type Site, type SiteOptions } from './site.js';
