/** What is said in a session, as a viewer or a host keeps it. Runs in Node and in a page. */
export * from './chat-log.js';
