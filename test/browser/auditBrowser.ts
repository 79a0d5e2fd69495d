import {pathToFileURL} from 'node:url';
import type {Browser, BrowserContextOptions, Locator, Page} from 'playwright-core';
import {onTestFinished} from 'vitest';
import {auditHtml} from '../../src/report/audit/html/index.ts';
import {demoAudit, hostileAudit, largeAudit} from '../support/builders/auditPages.ts';
import {isThorough} from '../support/kubernetes/reference.ts';
import {startChromium} from '../support/run/browser.ts';
import {fileOf} from '../support/run/files.ts';

/** A page in the browser, and whatever it did that it should not have done. */
export interface Opened {
  readonly page: Page;
  readonly trouble: readonly string[];
}

/** A Chromium, and pages of audits to open in it. */
export interface AuditBrowser {
  /** Opens the page of an audit: `demo`, `hostile`, and `large` where nothing may be skipped. */
  open(name: string, options?: BrowserContextOptions): Promise<Opened>;
  close(): Promise<void>;
}

/** Starts the browser and writes the pages. What a test opens is closed when the test is over. */
export async function openAuditBrowser(): Promise<AuditBrowser> {
  const files = new Map([
    ['demo', fileOf(auditHtml(demoAudit()), 'demo.html')],
    ['hostile', fileOf(auditHtml(hostileAudit()), 'hostile.html')],
  ]);
  if (isThorough) files.set('large', fileOf(auditHtml(largeAudit(20_000)), 'large.html'));
  const browser = await startChromium();
  return {
    open: (name, options = {}) => openPage(browser, files.get(name) ?? '', options),
    close: () => browser.close(),
  };
}

/** How many seconds of processor time the page has taken so far, whatever else the machine does. */
export async function pageSeconds(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', {timeDomain: 'threadTicks'});
  const {metrics} = await session.send('Performance.getMetrics');
  const found = metrics.find(({name}) => name === 'ThreadTime');
  if (found === undefined) throw new Error('the browser does not measure the time of a thread');
  return found.value;
}

/** How many findings are to be seen. */
export function shown(page: Page): Promise<number> {
  return page.locator('.finding:visible').count();
}

/** The choice of a namespace. */
export function scope(page: Page): Locator {
  return page.getByRole('combobox', {name: 'Namespace'});
}

/** How many findings the page says there are. */
export function status(page: Page): Promise<string> {
  return page.locator('#status').innerText();
}

async function openPage(
  browser: Browser,
  file: string,
  options: BrowserContextOptions,
): Promise<Opened> {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  onTestFinished(() => context.close());
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const trouble: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('console', message => trouble.push(message.text()));
  page.on('pageerror', error => trouble.push(error.message));
  page.on('dialog', dialog => {
    trouble.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', request => {
    const asked = request.url();
    if (asked !== url && !asked.startsWith('data:')) trouble.push(asked);
  });
  await page.goto(url);
  return {page, trouble};
}
