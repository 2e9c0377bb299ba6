/** A coder thread of the host in a page. */
import { codeInPage } from '../../../engine/host/page.js';

codeInPage(self);
