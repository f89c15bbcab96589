# Writers of three generations in turn.
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
a = mmap(0x200000000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 4M, MADV_HUGEPAGE)
store(a, 4M)
child {
  child {
    child {
      store(a, 64K)
      parent {
        store(a, 128K)
        parent {
          store(a, 192K)
          munmap(a+2M, 1M)
          smaps(a, 4M)
          pagemap(a, 4M)
        }
        smaps(a, 4M)
        pagemap(a, 4M)
      }
      smaps(a, 4M)
      pagemap(a, 4M)
      munmap(a, 4M)
    }
    smaps(a, 4M)
    pagemap(a, 4M)
    store(a, 2M)
    smaps(a, 4M)
    pagemap(a, 4M)
  }
  smaps(a, 4M)
  pagemap(a, 4M)
  load(a+2M, 64K)
  store(a+3M, 64K)
  smaps(a, 4M)
  pagemap(a, 4M)
  store(0, 1)
  load(0x200000800000)
}
store(a, 2M)
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
mthp()
status()
child {
  munmap(a, 4M)
  mmap(a, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
  madvise(a, 4M, MADV_HUGEPAGE)
  store(a, 4M)
  parent {
    store(a, 2M)
    smaps(a, 4M)
    pagemap(a, 4M)
    vmstat()
    mthp()
    status()
  }
}
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
mthp()
status()
