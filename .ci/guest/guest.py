#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boots one guest under QEMU, stops it in its program, and writes into a directory:

  memory.raw, memory.elf     the guest's memory (pmemsave and dump-guest-memory); x86-64 also paging.elf (dump-guest-memory -p)
  registers                  root=, kernel_root=, base=, arch=, set= as mm walk takes them
  emulator                   what the emulator itself says: one line an address, "VA PA" or "VA -"

See docs/guests.md.  usage: guest.py NAME OUTDIR KERNEL INITRD MM
"""
import json, os, random, re, socket, subprocess, sys, time

GUESTS = {
    # name: (arch, QEMU arguments, kernel parameters, memory base, Kconfig settings)
    'x86_64-4level': ('x86_64', ['qemu-system-x86_64', '-cpu', 'max,la57=off'], 'console=ttyS0 pti=off no_timer_check nokaslr', 0, []),
    'x86_64-5level': ('x86_64', ['qemu-system-x86_64', '-cpu', 'max,la57=on'], 'console=ttyS0 pti=off no_timer_check', 0, ['X86_5LEVEL=y']),
    'arm64-4k-48bit': ('arm64', ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'cortex-a57'],
                       'console=ttyAMA0 kpti=off', 0x40000000, ['ARM64_VA_BITS_48=y']),
    'arm64-4k-52bit': ('arm64', ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'max,lpa2=on'],
                       'console=ttyAMA0 kpti=off', 0x40000000, ['ARM64_VA_BITS_52=y', 'ARM64_PA_BITS_52=y']),
    'arm64-16k-47bit': ('arm64', ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'max,lpa2=off'],
                        'console=ttyAMA0 kpti=off', 0x40000000, ['ARM64_16K_PAGES=y', 'ARM64_VA_BITS_47=y']),
    'arm64-16k-52bit': ('arm64', ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'max,lpa2=on'],
                        'console=ttyAMA0 kpti=off', 0x40000000, ['ARM64_16K_PAGES=y', 'ARM64_VA_BITS_52=y', 'ARM64_PA_BITS_52=y']),
    'arm64-64k-52bit': ('arm64', ['qemu-system-aarch64', '-M', 'virt', '-cpu', 'max'],
                        'console=ttyAMA0 kpti=off', 0x40000000, ['ARM64_64K_PAGES=y', 'ARM64_VA_BITS_52=y', 'ARM64_PA_BITS_52=y']),
    'riscv64-sv39': ('riscv64', ['qemu-system-riscv64', '-M', 'virt', '-cpu', 'rv64,svnapot=on,svpbmt=on'],
                     'console=ttyS0 riscv_isa_fallback no4lvl', 0x80000000, ['RISCV_SV39=y']),
    'riscv64-sv48': ('riscv64', ['qemu-system-riscv64', '-M', 'virt', '-cpu', 'rv64,svnapot=on,svpbmt=on'],
                     'console=ttyS0 riscv_isa_fallback no5lvl', 0x80000000, ['RISCV_SV48=y']),
    'riscv64-sv57': ('riscv64', ['qemu-system-riscv64', '-M', 'virt', '-cpu', 'rv64,svnapot=on,svpbmt=on'],
                     'console=ttyS0 riscv_isa_fallback', 0x80000000, ['RISCV_SV57=y']),
}
MEMORY_MB = 256
ADDRESSES = 12000


def connect(path):
    for _ in range(100):
        try:
            s = socket.socket(socket.AF_UNIX)
            s.connect(path)
            return s
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f'no socket {path}')


class Monitor:
    """QEMU's machine protocol; hmp() passes lines to the human monitor."""

    def __init__(self, path):
        self.f = connect(path).makefile('rw')
        self.f.readline()
        self.do('qmp_capabilities')

    def do(self, command, **arguments):
        self.f.write(json.dumps({'execute': command, 'arguments': arguments}) + '\n')
        self.f.flush()
        while True:
            answer = json.loads(self.f.readline())
            if 'error' in answer:
                raise SystemExit(f'{command}: {answer["error"]}')
            if 'return' in answer:
                return answer['return']

    def hmp(self, line):
        return self.do('human-monitor-command', **{'command-line': line})


class Debugger:
    """The remote protocol of gdb, as far as registers go."""

    def __init__(self, path):
        self.s = connect(path)
        self.s.settimeout(20)
        self.buffer = b''
        self.packet('qSupported:xmlRegisters=i386,arm,riscv')
        self.numbers = {}
        self.read_features('target.xml', [0])

    def packet(self, text):
        self.s.sendall(b'$' + text.encode() + b'#%02x' % (sum(text.encode()) & 255))
        while True:
            m = re.search(rb'\$([^#]*)#..', self.buffer, re.S)
            if m:
                self.buffer = self.buffer[m.end():]
                self.s.sendall(b'+')
                body = m.group(1)
                out = bytearray()
                i = 0
                while i < len(body):
                    if body[i] == 0x7d:
                        i += 1
                        out.append(body[i] ^ 0x20)
                    elif body[i] == 0x2a:
                        out += out[-1:] * (body[i + 1] - 29)
                        i += 1
                    else:
                        out.append(body[i])
                    i += 1
                return bytes(out).decode('latin1')
            self.buffer += self.s.recv(65536)

    def read_features(self, name, counter):
        text, at = '', 0
        while True:
            part = self.packet(f'qXfer:features:read:{name}:{at:x},ffb')
            text += part[1:]
            at += len(part) - 1
            if part[:1] != 'm':
                break
        for m in re.finditer(r'<xi:include href="([^"]+)"|<reg ([^>]*)/?>', text):
            if m.group(1):
                self.read_features(m.group(1), counter)
                continue
            fields = dict(re.findall(r'(\w+)="([^"]*)"', m.group(2)))
            number = int(fields.get('regnum', counter[0]))
            counter[0] = number + 1
            self.numbers.setdefault(fields['name'], number)

    def get(self, name):
        text = self.packet(f'p{self.numbers[name]:x}')
        return int.from_bytes(bytes.fromhex(text), 'little')

    def set(self, name, value, size):
        answer = self.packet(f'P{self.numbers[name]:x}={value.to_bytes(size, "little").hex()}')
        if answer != 'OK':
            raise SystemExit(f'cannot set {name}: {answer}')

    def close(self):
        # Detaching lets the guest run on; the monitor has to stop it again.
        self.packet('D')
        self.s.close()


def stopped_in_program(arch, monitor, debugger_path):
    """Stops the guest with the program's own instructions running. Returns its registers of interest."""
    for _ in range(200):
        monitor.do('stop')
        text = monitor.hmp('info registers')
        if arch == 'x86_64' and 'CPL=3' in text:
            cr3 = int(re.search(r'CR3=([0-9a-f]+)', text).group(1), 16)
            return {'root': cr3}
        if arch == 'riscv64':
            pc = int(re.search(r'pc\s+([0-9a-f]+)', text).group(1), 16)
            if pc < 1 << 32:
                return {'root': int(re.search(r'satp\s+([0-9a-f]+)', text).group(1), 16)}
        if arch == 'arm64' and 'EL0t' in text:
            return {}
        monitor.do('cont')
        time.sleep(0.05)
    raise SystemExit('the guest never stopped in user mode')


class Translator:
    """The emulator's own translation, user addresses in user mode and kernel addresses in kernel mode."""

    def __init__(self, arch, monitor, debugger):
        self.arch, self.monitor, self.debugger = arch, monitor, debugger
        self.kernel = False

    def mode(self, kernel):
        if kernel == self.kernel or self.arch == 'x86_64':
            return
        if self.arch == 'arm64':
            state = self.debugger.get('cpsr')
            self.debugger.set('cpsr', (state & ~0x40000f) | (5 if kernel else 0), 4)
        else:
            self.debugger.set('priv', 1 if kernel else 0, 8)
        self.kernel = kernel

    def translate(self, va):
        self.mode(va >> 63 == 1)
        text = self.monitor.hmp(f'gva2gpa {va:#x}')
        m = re.search(r'gpa: (0x[0-9a-f]+|\d+)', text)
        return int(m.group(1), 0) if m else None


def ranges_of(mm, options, image):
    """Where something is mapped, as mm sees it; only to choose addresses that are worth a question."""
    out = subprocess.run([mm, 'tables', *options, image], capture_output=True, text=True)
    if out.returncode > 1:
        raise SystemExit(out.stderr)
    found = []
    for line in out.stdout.splitlines():
        m = re.match(r'([0-9a-f]{16})-([0-9a-f]{16}) ', line)
        if m:
            found.append((int(m.group(1), 16), int(m.group(2), 16)))
    return found


def choose(ranges, maps, seed):
    """Addresses inside mappings, at their borders, beside them, and anywhere."""
    r = random.Random(seed)
    chosen = set()
    for low, high in ranges:
        chosen.update((low, high, max(0, low - 1), (high + 1) & (1 << 64) - 1))
    chosen = set(r.sample(sorted(chosen), min(len(chosen), ADDRESSES // 3)))
    user = [x for x in ranges if x[0] >> 63 == 0]
    kernel = [x for x in ranges if x[0] >> 63]
    while len(chosen) < ADDRESSES:
        kind = r.random()
        pool = user if kind < 0.45 and user else kernel if kind < 0.9 and kernel else maps
        if kind > 0.97:
            chosen.add(r.getrandbits(64))
        else:
            low, high = r.choice(pool)
            chosen.add(r.randint(low, high))
    return sorted(chosen)


def walk(mm, options, addresses, image, out):
    with open(f'{out}/asked', 'w') as f:
        f.writelines(f'{va:#x}\n' for va in addresses)
    answer = subprocess.run([mm, 'walk', *options, '--brief', '--from', f'{out}/asked', image], capture_output=True, text=True)
    if answer.returncode > 1 or len(answer.stdout.splitlines()) != len(addresses):
        raise SystemExit(f'mm walk failed: {answer.stderr}')
    return {int(w[0], 16): w[1:] for w in (line.split() for line in answer.stdout.splitlines())}


def check_lists(arch, mm, options, image, out):
    """Compares every page of `info tlb` (x86-64) and every range of `info mem` (RISC-V, x86-64): address and rights."""
    wanted = {}
    if arch == 'x86_64':
        for m in re.finditer(r'^([0-9a-f]{16}): ([0-9a-f]{16}) (\S+)$', open(f'{out}/info-tlb').read(), re.M):
            flags = m.group(3)
            wanted[int(m.group(1), 16)] = (int(m.group(2), 16), 'W' in flags[-1], flags[0] != 'X', 'U' in flags)
        # The ranges give rights only; where they begin and end in the middle of a large page, the list of pages has no line.
        # QEMU 7.2 lists none with five levels.
        text = open(f'{out}/info-mem').read() if os.path.exists(f'{out}/info-mem') else ''
        for m in re.finditer(r'^([0-9a-f]{16})-([0-9a-f]{16}) [0-9a-f]{16} ([-ur])[-r]([-w])', text, re.M):
            for va in (int(m.group(1), 16), int(m.group(2), 16) - 1 & (1 << 64) - 1):
                wanted.setdefault(va, (None, m.group(4) == 'w', None, m.group(3) == 'u'))
    elif arch == 'riscv64':
        for m in re.finditer(r'^([0-9a-f]{16}) ([0-9a-f]{16}) ([0-9a-f]{16}) ([-rwxugad]{7})', open(f'{out}/info-mem').read(), re.M):
            va, pa, size = (int(m.group(i), 16) for i in (1, 2, 3))
            flags = m.group(4)
            for offset in (0, size - 4096):
                wanted[va + offset] = (pa + offset, 'w' in flags, 'x' in flags, 'u' in flags)
    if not wanted:
        return ''
    ours = walk(mm, options, wanted, image, out)
    wrong = 0
    for va, (pa, write, execute, user) in wanted.items():
        rights = ours[va][2 if user else 1][2:] if len(ours[va]) > 2 else '???'
        # info mem prints the PPN of a 64K run as it stands, its low bits 1000; gva2gpa translates it.
        run = pa is not None and arch == 'riscv64' and ours[va][0] != '-' and (int(ours[va][0], 16) & ~0xffff | 0x8000) == pa
        same = (pa is None or ours[va][0] == hex(pa) or run) and (rights[1] == 'w') == write \
            and (execute is None or (rights[2] == 'x') == execute) and (user or ours[va][2:] == ['u:---'])
        if not same and wrong < 5:
            print(f'  mm {va:#x} {ours[va]}   emulator {pa and hex(pa)} write={write} execute={execute} user={user}')
        wrong += not same
    if wrong:
        raise SystemExit(f'{wrong} of {len(wanted)} pages of the emulator\'s list differ')
    return f'; {len(wanted)} pages of its list agree in address and rights'


def check_cores(arch, monitor, mm, options, addresses, answers, out):
    """Dumps ELF cores, which name architecture and addresses themselves, and wants the same of them as of the raw memory."""
    # Without --arch and --base; with paging the segments are the mappings, in no order and overlapping (QEMU can do that on x86 only).
    options = options[4:]
    cores = ['memory', 'paging'] if arch == 'x86_64' else ['memory']
    summary = ''
    for name in cores:
        core = f'{out}/{name}.elf'
        monitor.do('dump-guest-memory', paging=name == 'paging', protocol=f'file:{core}')
        again = walk(mm, options, addresses, core, out)
        differ = [va for va in addresses if again[va] != answers[va]]
        if differ:
            raise SystemExit(f'{core}: {len(differ)} addresses differ from the raw memory, first {differ[0]:#x} {again[differ[0]]} and {answers[differ[0]]}')
        listed = subprocess.run([mm, 'tables', *options, '--summary', core], capture_output=True, text=True)
        summary = summary or listed.stdout
        if listed.returncode or listed.stdout != summary:
            raise SystemExit(f'{core}: mm tables ends with {listed.returncode}: {listed.stdout}{listed.stderr}')
    return f'; the same from {" and ".join(c + ".elf" for c in cores)}'


def readable(va, answer):
    pa, *access = answer
    kernel = va >> 63
    return f'{va:#x} {pa if access and access[1 - kernel][2] == "r" else "-"}'


def main():
    name, out, kernel, initrd, mm = sys.argv[1:]
    arch, command, parameters, base, settings = GUESTS[name]
    os.makedirs(out, exist_ok=True)
    out = os.path.abspath(out)
    for f in ('qmp', 'gdb', 'serial'):
        if os.path.exists(f'{out}/{f}'):
            os.remove(f'{out}/{f}')
    qemu = subprocess.Popen([*command, '-accel', 'tcg', '-m', str(MEMORY_MB), '-smp', '1', '-display', 'none', '-nodefaults',
                             '-no-reboot', '-kernel', kernel, '-initrd', initrd, '-append', parameters,
                             '-serial', f'file:{out}/serial', '-qmp', f'unix:{out}/qmp,server=on,wait=off',
                             '-gdb', f'unix:{out}/gdb,server=on,wait=off'])
    try:
        monitor = Monitor(f'{out}/qmp')
        for _ in range(600):
            text = open(f'{out}/serial', errors='replace').read() if os.path.exists(f'{out}/serial') else ''
            if 'READY' in text or 'Kernel panic' in text or qemu.poll() is not None:
                break
            time.sleep(0.5)
        if 'READY' not in text:
            raise SystemExit(f'{name}: the guest does not come up; see {out}/serial\n{text[-2000:]}')
        registers = stopped_in_program(arch, monitor, f'{out}/gdb')
        debugger = None
        if arch != 'x86_64':
            debugger = Debugger(f'{out}/gdb')
            if arch == 'arm64':
                registers = {'root': debugger.get('TTBR0_EL1'), 'kernel_root': debugger.get('TTBR1_EL1'), 'tcr': debugger.get('TCR_EL1')}
        raw = f'{out}/memory.raw'
        monitor.hmp(f'pmemsave {base:#x} {MEMORY_MB << 20} "{raw}"')
        options = ['--arch', arch, '--base', hex(base), '--root', hex(registers['root'])]
        if 'kernel_root' in registers:
            options += ['--kernel-root', hex(registers['kernel_root'])]
        for setting in settings:
            options += ['--set', setting]
        with open(f'{out}/registers', 'w') as f:
            f.write(f'guest={name}\narch={arch}\nset={" ".join(settings)}\nbase={base:#x}\n')
            f.writelines(f'{k}={v:#x}\n' for k, v in registers.items())
        maps = [(int(a, 16), int(b, 16) - 1) for a, b in re.findall(r'^map ([0-9a-f]+)-([0-9a-f]+)', text, re.M)]
        addresses = choose(ranges_of(mm, options, raw), maps, name)
        translator = Translator(arch, monitor, debugger)
        mapped = 0
        began = time.time()
        with open(f'{out}/emulator', 'w') as f:
            # Sorted, so that the mode changes once.
            for va in addresses:
                pa = translator.translate(va)
                mapped += pa is not None
                f.write(f'{va:#x} {"-" if pa is None else hex(pa)}\n')
        for what in ('tlb', 'mem'):
            answer = monitor.hmp(f'info {what}')
            if len(answer.splitlines()) > 1:
                open(f'{out}/info-{what}', 'w').write(answer)
        answers = walk(mm, options, addresses, raw, out)
        cores = check_cores(arch, monitor, mm, options, addresses, answers, out)
        emulator = open(f'{out}/emulator').read().splitlines()
        # gva2gpa asks for a read by the side that the address belongs to.
        ours = [readable(va, answers[va]) for va in addresses]
        differ = [(a, b) for a, b in zip(ours, emulator) if a != b]
        if len(ours) != len(emulator) or differ:
            print(f'{name}: {len(differ)} of {len(addresses)} addresses differ, first:')
            for a, b in differ[:10]:
                print(f'  mm {a}   emulator {b}')
            raise SystemExit(1)
        lists = check_lists(arch, mm, options, raw, out)
        print(f'{name}: {len(addresses)} addresses agree with the emulator, {mapped} of them mapped ({time.time() - began:.0f} s){lists}{cores}')
    finally:
        qemu.kill()
        qemu.wait()


main()
