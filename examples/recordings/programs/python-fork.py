import os

data = [[i, str(i)] for i in range(60000)]
blob = bytearray(12 << 20)
for part in range(3):
    pid = os.fork()
    if pid == 0:
        total = sum(row[0] for row in data)
        for at in range(part * (4 << 20), (part + 1) * (4 << 20), 8192):
            blob[at] = 1
        os._exit(0)
    os.waitpid(pid, 0)
for at in range(0, len(blob), 4096):
    blob[at] = 2
print(len(data))
