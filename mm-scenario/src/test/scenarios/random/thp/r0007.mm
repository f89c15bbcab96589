# random THP scenario, seed 7
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
munmap(a+848K, 4096K)
mlock(a+6336K, 1856K)
child {
  store(a+248K, 64K, 64K, 27)
  smaps(a, 32M)
  pagemap(a, 8M)
  mthp()
}
mremap(a+7424K, 768K, 768K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+2380K)
mremap(a+16M+2380K, 768K, 768K, MREMAP_MAYMOVE|MREMAP_FIXED, a+1584K)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
mthp()
madvise(a+2632K, 4096K, MADV_POPULATE_READ)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
mremap(a, 4096K, 4096K, MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP, a+16M+8052K)
smaps(a, 32M)
pagemap(a, 8M)
pagemap(a+16M, 8M)
vmstat()
child {
  child {
    parent {
      store(a+420K, 320K, 4K, 25)
      smaps(a, 32M)
      pagemap(a, 8M)
      mthp()
    }
    madvise(a+2M, 2048K, MADV_POPULATE_WRITE)
    smaps(a, 32M)
    pagemap(a, 8M)
    mthp()
    smaps(a, 32M)
    pagemap(a, 8M)
    mthp()
    store(a+2208K, 12K, 2M, 55)
    smaps(a, 32M)
    pagemap(a, 8M)
    mthp()
    parent {
      store(a+6M, 2048K, 4K, 26)
      smaps(a, 32M)
      pagemap(a, 8M)
      pagemap(a+16M, 8M)
      mthp()
    }
  }
  smaps(a, 32M)
  pagemap(a, 8M)
  vmstat()
  parent {
    load(a+2M, 1720K, 4K)
    smaps(a, 32M)
    pagemap(a, 8M)
    mthp()
  }
  munmap(a+2120K, 4096K)
  smaps(a, 32M)
  pagemap(a, 8M)
  pagemap(a+16M, 8M)
  mthp()
  child {
    parent {
      load(a+6272K, 1920K, 4K)
      smaps(a, 32M)
      pagemap(a, 8M)
      vmstat()
    }
  }
  smaps(a, 32M)
  pagemap(a, 8M)
  pagemap(a+16M, 8M)
  vmstat()
  mprotect(a+5416K, 2776K, PROT_READ|PROT_WRITE)
  smaps(a, 32M)
  pagemap(a, 8M)
  mthp()
}
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
store(a+7000K, 1192K, 2M, 68)
smaps(a, 32M)
pagemap(a, 8M)
mthp()
status()
store(a+7800K, 4K, 4K, 181)
child {
  madvise(a+2M, 2024K, MADV_COLLAPSE)
  smaps(a, 32M)
  pagemap(a, 8M)
  pagemap(a+16M, 8M)
  mthp()
  parent {
    store(a+3068K, 320K, 4K, 54)
    smaps(a, 32M)
    pagemap(a, 8M)
    mthp()
  }
}
mremap(a+1140K, 4096K, 4096K, MREMAP_MAYMOVE|MREMAP_FIXED, a+16M+4096K)
store(a+8000K, 192K, 2M, 87)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
mprotect(a+6440K, 1752K, PROT_READ|PROT_WRITE)
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
smaps(a, 32M)
pagemap(a, 8M)
vmstat()
status()
vmstat()
