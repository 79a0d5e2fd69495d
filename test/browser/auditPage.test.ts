import axe from 'axe-core';
import type {BrowserContextOptions, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {hostileNames} from '../support/builders/auditPages.ts';
import {isThorough} from '../support/kubernetes/reference.ts';
import {hasChromium} from '../support/run/browser.ts';
import {
  type AuditBrowser,
  openAuditBrowser,
  pageSeconds,
  scope,
  shown,
  status,
} from './auditBrowser.ts';

describe.runIf(hasChromium())('in a browser, the page', () => {
  let browser: AuditBrowser;
  beforeAll(async () => {
    browser = await openAuditBrowser();
  });
  afterAll(() => browser?.close());
  const open = (name: string, options?: BrowserContextOptions) => browser.open(name, options);

  test('opens from a file without a complaint, and asks the network for nothing', async () => {
    const {page, trouble} = await open('demo');
    expect(await page.title()).toBe('PodSecurityPolicy audit: context demo');
    expect(await shown(page)).toBe(22);
    expect(await page.locator('#drawing svg').count()).toBe(1);
    expect(trouble).toEqual([]);
  });

  describe('with filters', () => {
    test('shows the findings of the severities, the rule and the words asked for', async () => {
      const {page, trouble} = await open('demo');
      expect(await status(page)).toBe('22 findings');
      await page.getByLabel('high', {exact: false}).and(page.locator('input')).uncheck();
      expect(await status(page)).toBe('8 of 22 findings');
      await page.getByLabel('Rule').selectOption('unused-policy');
      expect(await shown(page)).toBe(3);
      await page.getByLabel('Search').fill('POLICY gpu');
      expect(await shown(page)).toBe(1);
      expect(await page.locator('.group:visible .count').innerText()).toBe('1 of 3');
      await page.getByLabel('Search').fill('no such thing');
      expect(await page.locator('#no-match').isVisible()).toBe(true);
      await page.getByRole('button', {name: 'Reset'}).click();
      await page.waitForFunction("document.querySelector('#status').textContent === '22 findings'");
      expect(trouble).toEqual([]);
    });

    test('follows a namespace: its findings, its picture, its table', async () => {
      const {page, trouble} = await open('demo');
      await scope(page).selectOption({label: 'ingress'});
      expect(await status(page)).toBe('0 of 22 findings in namespace ingress');
      await scope(page).selectOption({label: 'logging'});
      expect(await status(page)).toBe('3 of 22 findings in namespace logging');
      const drawing = page.locator('#drawing');
      expect(await drawing.innerText()).toContain('Service account');
      expect(await drawing.innerText()).toContain('audit-tail');
      expect(await page.locator('#strictness tbody tr:visible').count()).toBe(1);
      await page.getByText('The ways as a table').click();
      expect(await page.locator('#ways').innerText()).toContain(
        'audit-tail\tnothing that fits\tno policy\tdenied\t2\taudit-tail-*',
      );
      const head = page.locator('.masthead');
      expect(await head.innerText()).toContain(
        'pods and idle workloads of namespace logging would',
      );
      expect(await page.locator('.tile.high .number').innerText()).toBe('2');
      await page.getByRole('button', {name: 'Back to all namespaces'}).click();
      expect(await head.innerText()).not.toContain('of namespace logging');
      expect(await page.locator('.tile.high .number').innerText()).not.toBe('2');
      expect(await drawing.innerText()).toContain('kube-system');
      expect(await status(page)).toBe('22 findings');
      expect(trouble).toEqual([]);
    });

    test('goes into a namespace by a click on the picture or on the table', async () => {
      const {page} = await open('demo');
      await page.locator('#drawing .node', {hasText: 'payments'}).first().click();
      expect(await scope(page).locator(':checked').innerText()).toBe('payments');
      await page.locator('#strictness').getByRole('button', {name: 'payments'}).click();
      expect(await status(page)).toBe('22 findings');
      await page.locator('#strictness').getByRole('button', {name: 'shop'}).click();
      expect(await status(page)).toBe('4 of 22 findings in namespace shop');
    });

    test('shows one severity from its number at the top', async () => {
      const {page} = await open('demo');
      await page.locator('.tile').getByRole('link', {name: '3 low'}).click();
      expect(await status(page)).toBe('3 of 22 findings');
    });

    test('lights up the ways through what is pointed at', async () => {
      const {page} = await open('demo');
      await page.locator('#drawing .node', {hasText: 'edge'}).hover();
      expect(await page.locator('.way.lit').count()).toBe(1);
      await page.locator('h1').hover();
      expect(await page.locator('.faded').count()).toBe(0);
    });
  });

  describe('by keyboard alone', () => {
    const focused = (page: Page) =>
      page.evaluate('document.activeElement.textContent.trim().slice(0, 40)') as Promise<string>;

    async function tabTo(page: Page, selector: string): Promise<void> {
      const isThere = `document.activeElement.matches(${JSON.stringify(selector)})`;
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate(isThere)) return;
      }
      throw new Error(`Tab does not reach ${selector}`);
    }

    test('begins with the way past the navigation', async () => {
      const {page} = await open('demo');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to the report');
      expect(await page.locator('.skip').boundingBox()).toMatchObject({x: 16});
      await page.keyboard.press('Enter');
      await expect.poll(() => new URL(page.url()).hash).toBe('#main');
    });

    test('filters, searches, opens a finding and copies its command', async () => {
      const {page, trouble} = await open('demo', {
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      await tabTo(page, 'input[value=high]');
      await page.keyboard.press('Space');
      expect(await status(page)).toBe('8 of 22 findings');
      await page.keyboard.press('Space');
      await tabTo(page, '#search');
      await page.keyboard.type('nightly');
      expect(await status(page)).toBe('1 of 22 findings');
      await tabTo(page, 'summary');
      await page.keyboard.press('Enter');
      expect(await page.locator('.finding[open] .evidence').isVisible()).toBe(true);
      await tabTo(page, '.command button');
      await page.keyboard.press('Enter');
      await page.getByRole('button', {name: 'Copied'}).waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
        'kubectl psp advise CronJob/nightly-e2e -n ci --grant',
      );
      expect(trouble).toEqual([]);
    });

    test('chooses colours and a namespace', async () => {
      const {page} = await open('demo');
      await tabTo(page, '#namespace');
      await page.keyboard.type('shop');
      await page.keyboard.press('Enter');
      expect(await status(page)).toBe('4 of 22 findings in namespace shop');
      await tabTo(page, '#theme-auto');
      await page.keyboard.press('ArrowLeft');
      expect(await page.locator('#theme-dark').isChecked()).toBe(true);
    });
  });

  test('is light or dark as the system says, or as the reader chooses', async () => {
    const paper = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const [light, dark] = ['rgb(246, 245, 241)', 'rgb(19, 21, 26)'];
    const {page} = await open('demo', {colorScheme: 'light'});
    expect(await paper(page)).toBe(light);
    await page.emulateMedia({colorScheme: 'dark'});
    expect(await paper(page)).toBe(dark);
    await page.getByLabel('Light').check();
    expect(await paper(page)).toBe(light);
    await page.emulateMedia({colorScheme: 'light'});
    await page.getByLabel('Dark').check();
    expect(await paper(page)).toBe(dark);
  });

  describe('without scripts', () => {
    test('can be read: all findings, the picture, the tables, both colours', async () => {
      const {page} = await open('demo', {javaScriptEnabled: false});
      expect(await shown(page)).toBe(22);
      expect(await page.locator('.filters').isVisible()).toBe(false);
      expect(await page.locator('#namespace').isVisible()).toBe(false);
      expect(await page.locator('#drawing svg .way').count()).toBeGreaterThan(20);
      expect(await page.locator('#strictness tbody tr:visible').count()).toBe(8);
      await page.locator('.finding summary').first().click();
      expect(await page.locator('.finding[open] .evidence').isVisible()).toBe(true);
      await page.locator('.theme').getByText('Dark').click();
      expect(await page.locator('#theme-dark').isChecked()).toBe(true);
    });
  });

  test('prints everything that is folded up, and nothing to click on', async () => {
    const {page} = await open('demo');
    await page.emulateMedia({media: 'print'});
    expect(await page.locator('.filters').isVisible()).toBe(false);
    expect(await page.locator('nav').isVisible()).toBe(false);
    const texts =
      'document.querySelector(".finding:not([open]) .evidence").checkVisibility({contentVisibilityAuto: true})';
    expect(await page.evaluate(texts)).toBe(true);
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe(
      'light',
    );
  });

  describe('of a hostile cluster', () => {
    test('shows the names, and runs nothing of them', async () => {
      const {page, trouble} = await open('hostile');
      const text = await page.locator('#findings').innerText();
      for (const name of hostileNames.slice(0, 8)) expect(text).toContain(name);
      expect(text).toContain('right\\u{202e}to\\u{2066}left\\u{200b}zero\\u{2028}line\\u{7}bell');
      await page.getByRole('button', {name: 'Open all'}).click();
      for (let index = 0; index < hostileNames.length; index++) {
        await scope(page).selectOption(String(index));
        for (const node of await page.locator('#drawing .node').all()) await node.hover();
        expect(await page.locator('.finding:visible').count()).toBe(1);
      }
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(trouble).toEqual([]);
    });

    test('would not run a script even if there were one', async () => {
      const {page, trouble} = await open('demo');
      await page.evaluate(`
        const script = document.createElement('script');
        script.textContent = 'window.hacked = 1';
        document.body.append(script);
        fetch('data:text/plain,x').then(() => (window.hacked = 3), () => {});
        document.body.insertAdjacentHTML('beforeend', '<img src="https://example.invalid/x" onerror="window.hacked = 2">');
        document.body.insertAdjacentHTML('beforeend', '<p style="color: red" id="styled">text</p>');
      `);
      await page.waitForTimeout(200);
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      const refusals = trouble.filter(line => /Content Security Policy/.test(line));
      expect(refusals.length).toBeGreaterThan(1);
      expect(
        await page.evaluate("getComputedStyle(document.getElementById('styled')).color"),
      ).not.toBe('rgb(255, 0, 0)');
    });
  });

  describe.runIf(isThorough)('of 20,000 pods', () => {
    test('opens at once, with the first findings of each rule, and more on demand', async () => {
      const {page, trouble} = await open('large');
      expect(await status(page)).toMatch(/^\d{3} findings$/);
      expect(await pageSeconds(page)).toBeLessThan(5);
      const first = page.locator('.group').first();
      expect(await first.locator('.finding:visible').count()).toBe(25);
      await first.getByRole('button', {name: /^Show \d+ more of \d+$/}).click();
      expect(await first.locator('.finding:visible').count()).toBeGreaterThan(25);
      expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');
      expect(await page.locator('#strictness tbody tr:visible').count()).toBe(25);
      await page.getByRole('button', {name: 'Show all 500 namespaces'}).click();
      expect(await page.locator('#strictness tbody tr:visible').count()).toBe(500);
      const matrix = page.locator('.matrix tbody tr:visible');
      expect(await matrix.count()).toBe(25);
      await page.getByRole('button', {name: 'Show all 200 policies'}).first().click();
      expect(await matrix.count()).toBe(200);
      expect(trouble).toEqual([]);
    });

    test('answers a key of the search in a blink', async () => {
      const {page} = await open('large');
      const before = await pageSeconds(page);
      await page.evaluate(`(() => {
        const search = document.getElementById('search');
        for (const text of ['t', 'te', 'team-01', 'team-017', 'nothing', '']) {
          search.value = text;
          search.dispatchEvent(new Event('input', {bubbles: true}));
          document.body.offsetHeight;
        }
      })()`);
      expect(((await pageSeconds(page)) - before) / 6).toBeLessThan(0.3);
    });
  });

  const looks = [
    ['hostile', 390],
    ['demo', 1280],
    ['demo', 390],
  ] as const;
  describe.each(isThorough ? looks : looks.slice(0, 1))('%s at %i pixels', (name, width) => {
    test.each(['light', 'dark'] as const)('is accessible: %s', async colorScheme => {
      const {page} = await open(name, {viewport: {width, height: 844}, colorScheme});
      await page.evaluate(axe.source);
      const violations = async () =>
        page.evaluate(`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
          .then(({violations}) => violations.map(({id, nodes}) => id + ': ' + nodes.map(({html}) => html.slice(0, 120)).slice(0, 3).join(' ')))`);
      expect(await violations()).toEqual([]);
      await page.evaluate(
        "for (const details of document.querySelectorAll('details')) details.open = true",
      );
      await scope(page).selectOption({index: 3});
      expect(await violations()).toEqual([]);
    });

    test('fits the width', async () => {
      const {page} = await open(name, {viewport: {width, height: 844}});
      await page.evaluate(
        "for (const details of document.querySelectorAll('details')) details.open = true",
      );
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    });
  });
});
