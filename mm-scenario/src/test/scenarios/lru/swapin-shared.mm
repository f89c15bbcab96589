# Pages shared by fork come back through the swap cache; whether a page is its mapper's alone is told by its references
swapon(64M)
a = mmap(0x200000000000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
store(a, 64K)
l = mmap(0x200000400000, 80K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
store(l, 80K)
child {
  parent {
    madvise(a, 64K, MADV_PAGEOUT)
  }
  madvise(a, 64K, MADV_PAGEOUT)
  pagemap(a, 64K)
}
pagemap(a, 64K)
madvise(a, 64K, MADV_PAGEOUT)
pagemap(a, 64K)
child {
  madvise(l, 80K, MADV_FREE)
  store(l, 80K)
  load(a, 16K)
  store(a, 16K)
  store(a+16K, 16K)
  smaps(a, 64K)
  parent {
    load(a, 16K)
    store(a, 16K)
    load(a+32K, 8K)
    store(a+32K, 8K)
  }
  load(a+32K, 16K)
  store(a+32K, 16K)
  vmstat(pswpin, pswpout)
  smaps(a, 64K)
}
load(a, 64K)
store(a, 64K)
smaps(a, 64K)
vmstat(pswpin, pswpout)
