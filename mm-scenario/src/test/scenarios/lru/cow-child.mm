# A child that writes while its parent still maps the page: two references of mappings, and perhaps one of a batch
l = mmap(0x200000000000, 80K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
store(l, 80K)
a = mmap(0x200000400000, 256K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
madvise(l, 80K, MADV_FREE)
store(a, 20K)
child {
  smaps(l, 80K)
  store(a, 4K)
  smaps(l, 80K)
}
smaps(l, 80K)
store(a, 20K)
smaps(l, 80K)
madvise(l, 80K, MADV_FREE)
store(l, 80K)
madvise(l, 80K, MADV_FREE)
store(a+20K, 4K)
child {
  child {
    child {
      smaps(l, 80K)
      store(a+20K, 4K)
      smaps(l, 80K)
    }
  }
}
store(a+20K, 4K)
smaps(l, 80K)
