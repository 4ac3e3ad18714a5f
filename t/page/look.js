// SPDX-License-Identifier: EUPL-1.2
//
// Looks at the page of ggi_status in a headless Chromium, as t/117-browser.t has it done:
//   node look.js URL CALL PICTURE
// URL is that of the page; CALL of another one, which makes the gate count one call more; PICTURE the path of a PNG of
// the page that is made. Writes what it found as JSON: an array of {name, faults}, where faults is an array of texts.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [url, call, picture] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };
const found = [];

// Neither root's browser nor one in a container with a small /dev/shm would start without these.
const args = ['--no-sandbox', '--disable-dev-shm-usage'];
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });

// Opens the page in a browser of its own, gives it to look(), and notes what that returns. What the browser complains
// of is a fault as well, unless the network is to fail. stopped: with a clock that goes only where look() has it go.
async function as(name, { stopped, fails, ...options }, look) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults = [];
    page.on('console', (message) => message.type() !== 'error' || fails || faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => request.url() === url || faults.push(`asks for ${request.url()}`));
    if (stopped) await page.clock.install();
    await page.goto(url);
    faults.push(...await look(page));
    await context.close();
    found.push({ name, faults });
}

// What is wider than the window.
function tooWide(page) {
    return page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return scrollWidth > clientWidth ? [`the page is ${scrollWidth} wide in a window of ${clientWidth}`] : [];
    });
}

// What axe-core finds of WCAG 2.2, levels A and AA.
async function barriers(page) {
    await page.addScriptTag({ content: axe });
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const result = await page.evaluate((values) => window.axe.run({ runOnly: { type: 'tag', values } }), tags);
    const faults = result.violations.map((rule) => `${rule.id}: ${rule.help}: ${rule.nodes[0].html}`);
    return result.passes.length > 10 ? faults : [...faults, `only ${result.passes.length} rules could be tried`];
}

const text = async (page, row) => page.locator(`tr:has(th:text-is("${row}"))`).first().innerText();

for (const colorScheme of ['light', 'dark']) {
    for (const [size, viewport] of Object.entries({ phone, desktop })) {
        for (const locale of ['en-GB', 'nl-NL']) {
            // bypassCSP: axe-core is foreign to the page, whose policy would stop it
            await as(`${colorScheme}, ${size}, ${locale}`, { colorScheme, viewport, locale, bypassCSP: true },
                async (page) => [
                    ...await tooWide(page),
                    ...(await page.locator('html').getAttribute('lang') === locale.slice(0, 2) ? [] : ['its language']),
                    ...await barriers(page)]);
        }
    }
}

await as('without JavaScript', { javaScriptEnabled: false, viewport: phone }, async (page) => [
    ...(/\b3\b/.test(await text(page, 'brp')) ? [] : ['it does not show the calls'])]);

await as('with JavaScript it renews itself', { stopped: true, viewport: desktop }, async (page) => {
    const before = await text(page, 'brp');
    const main = await page.locator('main').elementHandle();
    await page.request.get(call, { ignoreHTTPSErrors: true });
    await page.clock.fastForward(11000);
    await page.waitForFunction((old) => ![...document.querySelectorAll('tr')].some((row) => row.innerText === old),
        before, { timeout: 5000, polling: 50 }).catch(() => null);
    return [
        ...(await text(page, 'brp') !== before ? [] : ['it shows the same after ten seconds and another call']),
        ...(await main.evaluate((element) => element.isConnected) ? [] : ['it was loaded as a whole'])];
});

await as('it says that the gate is not reached any more', { stopped: true, fails: true }, async (page) => {
    await page.route('**', (route) => route.abort());
    await page.clock.fastForward(11000);
    await page.locator('#stale').waitFor({ state: 'visible', timeout: 5000 }).catch(() => null);
    return await page.locator('#stale').isVisible() ? [] : ['it does not say that it is old'];
});

const context = await browser.newContext({ viewport: { width: 1280, height: 760 }, locale: 'en-GB' });
const page = await context.newPage();
await page.goto(url);
await page.screenshot({ path: picture });
await browser.close();
process.stdout.write(JSON.stringify(found));
