# A tmpfs made read-only: not while it has writers.
mount -t tmpfs -o size=4M none /mnt/t
f = open("/mnt/t/f", O_RDWR|O_CREAT)
pwrite(f, 0, 64K)
a = mmap(0x200000000000, 64K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, f, 0)
b = mmap(0x200000100000, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED, f, 0)
mount -o remount,ro /mnt/t
close(f)
mount -o remount,ro /mnt/t
munmap(a, 64K)
mount -o remount,ro /mnt/t
store(b, 8K)
munmap(b, 64K)
mount -o remount,ro /mnt/t
r = open("/mnt/t/f", O_RDONLY)
w = open("/mnt/t/f", O_RDWR)
w = open("/mnt/t/f", O_RDONLY|O_TRUNC)
w = open("/mnt/t/g", O_RDWR|O_CREAT)
w = open("/mnt/t/f", O_RDONLY|O_CREAT)
unlink("/mnt/t/f")
unlink("/mnt/t/nosuch")
pread(r, 0, 64K)
ftruncate(r, 0)
fallocate(r, 0, 0, 4K)
a = mmap(0x200000000000, 64K, PROT_READ, MAP_SHARED|MAP_FIXED, r, 0)
load(a, 64K)
mount -o remount,size=8M /mnt/t
statfs("/mnt/t")
w = open("/mnt/t/f", O_RDWR)
pwrite(w, 0, 64K)
close(w)
unlink("/mnt/t/f")
mount -o remount,ro /mnt/t
mount -o remount,ro,size=16K /mnt/t
close(r)
munmap(a, 64K)
mount -o remount,ro,huge=always /mnt/t
statfs("/mnt/t")
umount /mnt/t
mount -t tmpfs -o ro none /mnt/t
open("/mnt/t/f", O_RDWR|O_CREAT)
mount -o remount /mnt/t
open("/mnt/t/f", O_RDWR|O_CREAT)
mount -o remount /mnt/nosuch
mount -o remount,nosuch /mnt/t
