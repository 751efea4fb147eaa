// look.js - what look.test.js asks in the page itself; each function is sent there whole.
'use strict';

// The page's elements without its words: equal for pages that differ in their texts only. Rows of one kind are one.
function skeleton() {
  const kind = (node) => {
    const inside = Array.from(node.children, kind).filter((now, i, all) => now !== all[i - 1]).join(' ');
    return `${node.localName}.${node.className.baseVal ?? node.className}#${node.hasAttribute('aria-invalid')}${inside && `(${inside})`}`;
  };
  return kind(document.body);
}

// What style rules go by, of each element that is shown: what it is and in what, after what. Each once, in a line.
function styled() {
  const states = ['type', 'role', 'hidden', 'open', 'disabled', 'checked', 'aria-current', 'aria-invalid', 'aria-pressed'];
  const step = (node) => node && `${node.localName}.${node.className.baseVal ?? node.className}${states.map((state) => node.getAttribute(state) ?? '-').join()}`;
  const all = new Set();
  for (const node of document.body.querySelectorAll('*')) {
    const parent = node.parentElement;
    if (node.checkVisibility({ visibilityProperty: true })) all.add(`${step(parent.parentElement)}>${step(parent)}>${node.previousElementSibling?.localName}+${step(node)}`);
  }
  return [...all].join('\n');
}

// Where the name of each element comes from, and whether it comes: from its own words, from an attribute, from elements that an attribute
// names and that are there or not. Each once, in a line.
function named() {
  const words = (text) => (text === null ? '-' : text.trim() ? 'words' : 'empty');
  const found = (ids) => (ids === null ? '-' : ids.split(/\s+/).every((id) => document.getElementById(id)) ? 'found' : 'lost');
  const spoken = 'a, button, h1, h2, h3, h4, label, legend, summary, th, caption, option';
  const all = new Set();
  for (const node of document.querySelectorAll('html, title, body *')) {
    const by = ['aria-label', 'alt', 'title', 'lang'].map((name) => words(node.getAttribute(name)))
      .concat(['for', 'aria-labelledby', 'aria-describedby', 'aria-controls'].map((name) => found(node.getAttribute(name))),
        node.labels ? words([...node.labels].map((label) => label.textContent).join('')) : '-', node.matches(spoken) ? words(node.textContent) : '-');
    if (by.some((one) => one !== '-')) all.add(`${node.localName}.${node.className.baseVal ?? node.className} ${node.getAttribute('type')} ${node.getAttribute('role')} ${by}`);
  }
  return [...all].join('\n');
}

// The colours in which texts are shown: theirs, those behind them, how large they are, and a link's beside the text around it. Each once, in a line.
function shades() {
  const known = new Map([[null, '']]);
  const behind = (node) => {
    if (!known.has(node)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(node);
      const own = `${backgroundColor} ${backgroundImage.slice(0, 40)} ${opacity},`;
      known.set(node, `${own === 'rgba(0, 0, 0, 0) none 1,' ? '' : own}${behind(node.parentElement)}`);
    }
    return known.get(node);
  };
  const all = new Set();
  const texts = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || !node.checkVisibility({ visibilityProperty: true })) continue;
    if (texts.has(node)) continue;
    texts.add(node);
    const { color, fontSize, fontWeight, textDecorationLine } = getComputedStyle(node);
    const around = node.localName === 'a' && `${textDecorationLine} in ${getComputedStyle(node.parentElement).color}`;
    all.add(`${color} ${fontSize} ${fontWeight} ${around} on ${behind(node)}`);
  }
  return [...all].join('\n');
}

// What does not fit: each a line. All that can be opened is open, and each tip is shown in turn.
function geometry() {
  const wrong = [];
  const name = (node) => node.outerHTML.slice(0, 120).replace(/\s+/g, ' ');
  const style = (node) => getComputedStyle(node);
  // Cut off on purpose: in whole beside it, on its own page, or by the button that copies it.
  const mayEnd = '.key code, .dense code, .brand strong, .brand span, .who strong, .who span';
  const known = new Map();
  const forReaders = (node) => { // for screen readers only
    if (!known.has(node)) known.set(node, style(node).clipPath === 'inset(50%)' || (!!node.parentElement && forReaders(node.parentElement)));
    return known.get(node);
  };
  const unseen = (node) => forReaders(node) || !!node.closest('.skip') || !node.checkVisibility({ visibilityProperty: true });
  const width = document.documentElement.clientWidth;
  const tooWide = (what) => {
    const needs = document.documentElement.scrollWidth;
    if (needs > width) wrong.push(`${what} needs ${needs} px`);
  };
  document.querySelectorAll('details').forEach((details) => { details.open = true; });
  tooWide('the page');

  for (const node of document.querySelectorAll('body, body *')) {
    if (unseen(node)) continue;
    const { overflowX, overflowY } = style(node);
    const input = node.matches('input, textarea:not([readonly])');
    if (!input && !node.matches(mayEnd) && overflowX !== 'visible' && node.scrollWidth > node.clientWidth + 1) wrong.push(`clipped at its right: ${name(node)}`);
    if (!input && !node.matches(mayEnd) && ['hidden', 'clip'].includes(overflowY) && node.scrollHeight > node.clientHeight + 1) wrong.push(`clipped at its end: ${name(node)}`);
    if (node.matches('textarea[readonly]') && node.scrollHeight > node.clientHeight + 1) wrong.push(`scrolls: ${name(node)}`);
  }

  // Each text is inside the block that it belongs to.
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    let block = text.parentElement;
    if (!text.data.trim() || unseen(block) || block.closest(mayEnd) || block.matches('textarea')) continue;
    while (['inline', 'contents'].includes(style(block).display)) block = block.parentElement;
    const box = block.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const rect of range.getClientRects()) {
      if (rect.width > 1 && (rect.right > box.right + 1.5 || rect.left < box.left - 1.5)) {
        wrong.push(`sticks out of its block by ${Math.round(Math.max(rect.right - box.right, box.left - rect.left))} px: "${text.data.trim().slice(0, 60)}" in ${name(block)}`);
        break;
      }
    }
  }

  // WCAG 2.5.8; a link inside a sentence is exempt.
  for (const node of document.querySelectorAll('a[href], button, input:not([type="hidden"]), textarea, select, summary')) {
    const { width: w, height: h } = node.getBoundingClientRect();
    const inText = style(node).display === 'inline' && node.matches('p a, dd a');
    if (!unseen(node) && !inText && (w < 24 || h < 24)) wrong.push(`a target of ${Math.round(w)} by ${Math.round(h)} px: ${name(node)}`);
  }

  // Of tips with the same words at the same distance from the edges, one below the other, the first.
  const tips = new Set();
  for (const node of document.querySelectorAll('[data-tip]')) {
    const { left, right } = node.getBoundingClientRect();
    const tip = `${node.dataset.tip} ${node.className} ${left} ${right}`;
    if (unseen(node) || tips.has(tip)) continue;
    tips.add(tip);
    node.focus({ preventScroll: true });
    if (style(node, '::after').content === 'none') wrong.push(`no tip: ${name(node)}`);
    tooWide(`the tip of ${name(node)}`);
    node.blur();
  }
  return wrong;
}

// What `measure` finds with the text as wide as WCAG 1.4.12 wants it to be possible.
function wider(measure) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
  document.adoptedStyleSheets = [sheet];
  const found = measure();
  document.adoptedStyleSheets = [];
  return found;
}

// Writes this page over the one that is shown; resolves when it is there, with style and script.
function written(text) {
  document.open();
  const there = new Promise((resolve) => { addEventListener('load', resolve, { once: true }); });
  document.write(text);
  document.close();
  return there;
}

module.exports = { skeleton, styled, named, shades, geometry, wider, written };
