# random VMA scenario, seed 37
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
load(a, 4096K, 4K)
smaps(a, 32M)
pagemap(a, 8M)
madvise(a+7328K, 864K, MADV_DONTDUMP)
mprotect(a+6M, 256K, PROT_NONE)
munlock(a+3440K, 448K)
mprotect(a+5276K, 512K, PROT_NONE)
smaps(a, 32M)
pagemap(a, 8M)
store(a, 128K, 2M, 33)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
load(a+4500K, 1420K, 4K)
child {
  mprotect(a+6876K, 1316K, PROT_READ|PROT_WRITE)
  smaps(a, 32M)
  pagemap(a, 8M)
  pagemap(a+16M, 8M)
  parent {
    store(a+1920K, 1624K, 4K, 67)
    smaps(a, 32M)
    pagemap(a, 8M)
  }
  madvise(a+6464K, 1728K, MADV_DODUMP)
  smaps(a, 32M)
  pagemap(a, 8M)
  child {
    store(a+1112K, 8K, 2M, 24)
    smaps(a, 32M)
    pagemap(a, 8M)
    parent {
      store(a+2816K, 64K, 64K, 159)
      smaps(a, 32M)
      pagemap(a, 8M)
      pagemap(a+16M, 8M)
    }
  }
  smaps(a, 32M)
  pagemap(a, 8M)
}
load(a+4896K, 3296K, 4K)
mlock(a+6528K, 512K)
store(a+3492K, 4096K, 4K, 69)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
status()
load(a+4992K, 1244K, 64K)
smaps(a, 32M)
pagemap(a, 8M)
munmap(a+832K, 4096K)
child {
  madvise(a+6M, 2048K, MADV_NOHUGEPAGE)
  smaps(a, 32M)
  pagemap(a, 8M)
  pagemap(a+16M, 8M)
  parent {
    store(a+6460K, 256K, 4K, 93)
    smaps(a, 32M)
    pagemap(a, 8M)
  }
  madvise(a+1388K, 2048K, MADV_NOHUGEPAGE)
  smaps(a, 32M)
  pagemap(a, 8M)
  parent {
    load(a, 2048K, 4K)
    smaps(a, 32M)
    pagemap(a, 8M)
  }
  parent {
    load(a+6272K, 1920K, 2M)
    smaps(a, 32M)
    pagemap(a, 8M)
  }
}
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
madvise(a+5952K, 2048K, MADV_NOHUGEPAGE)
madvise(a+196K, 256K, MADV_DONTDUMP)
load(a+1576K, 4096K, 64K)
madvise(a+3520K, 2536K, MADV_WIPEONFORK)
munmap(a+7168K, 12K)
madvise(a+6900K, 1292K, MADV_DONTFORK)
madvise(a+8128K, 64K, MADV_DONTDUMP)
mmap(a+2444K, 904K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
mremap(a+4724K, 476K, 476K, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+16M+2752K)
mremap(a+16M+2752K, 476K, 476K, MREMAP_MAYMOVE|MREMAP_FIXED, a+4724K)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
vmstat()
