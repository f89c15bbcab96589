# Limits of a tmpfs in bytes and inodes, changed on the way.
mount -t tmpfs -o size=1M,nr_inodes=3 none /mnt/t
statfs("/mnt/t")
a = open("/mnt/t/a", O_RDWR|O_CREAT)
b = open("/mnt/t/b", O_RDWR|O_CREAT)
c = open("/mnt/t/c", O_RDWR|O_CREAT)
unlink("/mnt/t/a")
c = open("/mnt/t/c", O_RDWR|O_CREAT)
close(a)
c = open("/mnt/t/c", O_RDWR|O_CREAT)
ftruncate(b, 4G)
pwrite(b, 0, 900K)
pwrite(c, 0, 200K)
fstat(c)
statfs("/mnt/t")
fallocate(b, 0, 900K, 200K)
fstat(b)
m = mmap(0x200000000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, b, 0)
store(m, 4M)
statfs("/mnt/t")
mount -o remount,size=512K /mnt/t
mount -o remount,size=2M,nr_inodes=2 /mnt/t
mount -o remount,size=2M,nr_inodes=9 /mnt/t
statfs("/mnt/t")
mount -o remount,size=0 /mnt/t
statfs("/mnt/t")
store(m, 4M)
statfs("/mnt/t")
mount -o remount,ro /mnt/t
open("/mnt/t/z", O_RDWR|O_CREAT)
open("/mnt/t/b", O_RDWR)
d = open("/mnt/t/b", O_RDONLY)
store(m+4K)
unlink("/mnt/t/b")
umount /mnt/t
munmap(m, 4M)
close(b)
close(c)
close(d)
umount /mnt/t
mount -t tmpfs -o size=1 none /mnt/t
statfs("/mnt/t")
umount /mnt/t
mount -t tmpfs -o size=4095,mode=700 none /mnt/t
statfs("/mnt/t")
umount /mnt/t
mount -t tmpfs -o nr_blocks=3 none /mnt/t
statfs("/mnt/t")
mount -t tmpfs -o size=x none /mnt/u
mount -t tmpfs -o nosuch=1 none /mnt/u
mount -t tmpfs -o size=-1 none /mnt/u
mount -t nosuchfs none /mnt/u
umount /mnt/u
umount /mnt/none
