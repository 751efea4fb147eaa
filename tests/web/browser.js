// browser.js - Chromium for the tests, and what every page in it must keep to.
'use strict';
const assert = require('node:assert/strict');
const { chromium } = require('playwright-core');

// Chromium without a window of its own, which takes half the time; journey.test.js has the one that people use.
// It keeps pages that were left for "back" (bfcache); playwright turns that off, a person's browser does not.
function launch(program = '/usr/bin/chromium-headless-shell') {
  return chromium.launch({
    executablePath: program,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

// What reads at once would read half of a page that is on its way, as a click ends when the next page begins: all that
// reads waits for the page's end.
const READS = ['all', 'allInnerTexts', 'allTextContents', 'boundingBox', 'count', 'evaluate', 'evaluateAll', 'getAttribute', 'innerHTML', 'innerText',
  'inputValue', 'isChecked', 'isDisabled', 'isEnabled', 'isHidden', 'isVisible', 'textContent'];
let patient = false;
function readWhole(page) {
  if (patient) return;
  patient = true;
  const wrap = (of, name, pageOf) => {
    const read = of[name];
    of[name] = async function whole(...args) {
      await complete(pageOf(this), () => true);
      return read.apply(this, args);
    };
  };
  READS.forEach((name) => wrap(Object.getPrototypeOf(page.locator('html')), name, (locator) => locator.page()));
  ['content', 'evaluate', 'title'].forEach((name) => wrap(Object.getPrototypeOf(page), name, (itself) => itself));
}

// A person's browser on the stack: its page, and in `wrong` each error in the console and each request elsewhere.
async function open(browser, url, options = {}) {
  const context = await browser.newContext({ baseURL: url, ...options });
  const wrong = [];
  context.setDefaultTimeout(30000);
  context.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) wrong.push(`asked ${request.url()}`);
  });
  context.on('console', (message) => {
    // Chromium counts a page of status 4xx as an error; whether it should have come is for the test to say.
    const page = message.text().startsWith('Failed to load resource') && !message.location().url.includes('/static/');
    if (['error', 'warning'].includes(message.type()) && !page) wrong.push(`${message.text()} at ${message.location().url}`);
  });
  context.on('weberror', (error) => wrong.push(String(error.error())));
  const page = await context.newPage();
  readWhole(page);
  return { context, page, wrong };
}

async function signIn(page, { email, password }) {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

// What `look`, run in the page, finds there when the page has come to its end: the next one may be on its way still, or half read.
async function complete(page, look) {
  for (let i = 0; i < 500; i++) {
    const found = await page.mainFrame().evaluate(`document.readyState === 'complete' && { is: (${look})() }`).catch((error) => assert.match(error.message, /context was destroyed/));
    if (found) return found.is;
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  return assert.fail(`${page.url()} does not come to its end`);
}

// goBack or goForward. A page that was kept comes without "load"; one that would have to be sent again is an error.
async function go(page, way) {
  await page[way]({ waitUntil: 'commit' }).catch((error) => assert.match(error.message, /ERR_CACHE_MISS/));
  await complete(page, () => true);
}

// WCAG 1.4.10: nothing of the page is to the right of its window.
async function fits(page) {
  const [needs, has] = await complete(page, () => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(needs <= has, `${page.url()} needs ${needs} pixels and has ${has}`);
}

// The page as it was read to its end.
const source = (page) => complete(page, () => document.documentElement.outerHTML);

// Everything on the page that a person, a script or a screen reader could read, fields included.
function everything(page) {
  return complete(page, () => [
    document.documentElement.outerHTML, ...Array.from(document.querySelectorAll('input, textarea, select'), (field) => field.value),
  ].join('\n')).then(async (now) => `${now}\n${await page.content()}`);
}

module.exports = { launch, open, signIn, go, fits, source, everything };
