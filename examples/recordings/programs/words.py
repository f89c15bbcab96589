"""An index of words in an interpreter: dictionaries, strings, a sort, and half of it dropped again."""
import array
import json
import random

random.seed(7)
index = {}
for n in range(120_000):
    word = "".join(random.choice("etaoinshrdlu") for _ in range(random.randint(3, 9)))
    index.setdefault(word, array.array("I")).append(n)
text = json.dumps({w: list(p) for w, p in sorted(index.items())})
back = json.loads(text)
for word in list(index)[::2]:
    del index[word]
print(len(text), len(back), len(index))
