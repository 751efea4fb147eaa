// one.test.js - named in the table, and one that is not
test('LR1: the page opens', () => {});
step('LR1 KD31: the page is read', () => {});
