const rows = [];
for (let i = 0; i < 60000; i++) rows.push({ id: i, name: 'row' + i, tags: [i % 7, i % 11] });
const text = JSON.stringify(rows);
const back = JSON.parse(text);
console.log(back.length, text.length);
