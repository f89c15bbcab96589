#!/bin/bash
# make.sh [NAME…] - records real programs and measures what they really cost under other huge-page settings.
#
# For each program of programs/ it writes
#   NAME.perf.txt.gz    one run with transparent huge pages switched off for it, printed by perf script
#   NAME.truth.jsonl    one line per setting: what the same command really did under it, counted by the kernel
#
# Needs root, perf, GNU time, a C compiler, and the programs themselves (redis-server, sqlite3, java, perl, python3, g++,
# xz, sort, git, node); hugetlb-areas also 21 free HugeTLB pages and hugetlbfs at /dev/hugepages.
# Changes the machine's huge-page settings while it runs and puts them back.
# The environment is emptied and address randomisation is off, so that a program with one thread repeats to the fault.
#
#   REPEAT=5 ./make.sh redis-snapshot      measures five times and keeps the middle one
#   LOCK=/run/thp.lock ./make.sh           takes this lock around each run, if others change the settings too
set -eu
here=$(cd "$(dirname "$0")" && pwd)
job=${JOB:-/srv/mmkit}
thp=/sys/kernel/mm/transparent_hugepage
repeat=${REPEAT:-3}
lock=${LOCK:-/run/mmkit-recordings.lock}
sizes="16 32 64 128 256 512 1024"

mkdir -p "$job"
cp "$here"/programs/* "$job"/
cc -O2 -o "$job/launch" -xc - <<'C'
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
/* launch 1 CMD…: no transparent huge pages for CMD and its children; launch 0 CMD…: as it is */
int main(int n, char **arg) {
    if (n < 3) return 2;
    if (atoi(arg[1])) prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    execvp(arg[2], arg + 2);
    return 127;
}
C
[ -x "$job/prepare.sh" ] && (cd "$job" && ./prepare.sh)

# settings POLICY - what the truth files mean by never, madvise, always, mthp16 … mthp1024
settings() {
    local enabled=always huge=inherit size=
    case $1 in
        never|madvise|always) enabled=$1 ;;
        mthp*) huge=never size=${1#mthp} ;;
    esac
    echo madvise > $thp/defrag
    for s in $sizes; do echo never > $thp/hugepages-${s}kB/enabled; done
    echo $huge > $thp/hugepages-2048kB/enabled
    [ -z "$size" ] || echo always > $thp/hugepages-${size}kB/enabled
    echo $enabled > $thp/enabled
}

chosen() { sed -E 's/.*\[(.*)\].*/\1/' "$1"; }
save() { for f in enabled defrag $(cd $thp && echo hugepages-*/enabled); do echo "$(chosen $thp/$f) $thp/$f"; done; }


events=exceptions:page_fault_user,exceptions:page_fault_kernel
for s in mmap munmap brk madvise mremap mprotect prctl; do events=$events,syscalls:sys_enter_$s,syscalls:sys_exit_$s; done
events=$events,sched:sched_process_fork,sched:sched_process_exec,sched:sched_process_exit

record() { # record NAME: the recording, and the line "off" of the truth
    settings always
    echo 1 > /proc/sys/vm/compact_memory
    cd "$job"
    env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$job" LANG=C setarch -R \
        perf record -q -d -m 8192 -c 1 -e $events -o rec.data \
        /usr/bin/time -q -f '%R %F %M' -o rec.time ./launch 1 "./$1.sh" > /dev/null
    perf script -i rec.data --show-mmap-events --show-task-events --show-lost-events \
        -F comm,pid,tid,cpu,time,event,trace 2> /dev/null > rec.txt
    read -r minor major rss < <(tail -1 rec.time)
    echo "{\"program\":\"$1\",\"policy\":\"off\",\"user_faults\":$(grep -c 'exceptions:page_fault_user' rec.txt),\"kernel_faults\":$(grep -c 'exceptions:page_fault_kernel' rec.txt),\"minor_faults\":$minor,\"major_faults\":$major,\"max_rss_kb\":$rss,\"order9_alloc\":0,\"order4_alloc\":0,\"lost\":$(grep -c PERF_RECORD_LOST rec.txt || true)}"
    gzip -9n < rec.txt > "$here/$1.perf.txt.gz"
    rm -f rec.data rec.txt
}

measure() { # measure NAME POLICY: one line of the truth
    settings "$2"
    echo 1 > /proc/sys/vm/compact_memory
    cd "$job"
    local order=4
    case $2 in mthp16) order=2 ;; mthp32) order=3 ;; mthp128) order=5 ;; mthp256) order=6 ;; mthp512) order=7 ;; mthp1024) order=8 ;; esac
    env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$job" LANG=C setarch -R \
        perf stat -x, -o stat.csv -e exceptions:page_fault_user -e exceptions:page_fault_kernel \
        -e kmem:mm_page_alloc --filter 'order==9' -e kmem:mm_page_alloc --filter "order==$order" \
        /usr/bin/time -q -f '%R %F %M' -o rec.time ./launch 0 "./$1.sh" > /dev/null
    local counts; mapfile -t counts < <(grep -v '^#' stat.csv | grep . | cut -d, -f1)
    read -r minor major rss < <(tail -1 rec.time)
    echo "{\"program\":\"$1\",\"policy\":\"$2\",\"user_faults\":${counts[0]},\"kernel_faults\":${counts[1]},\"minor_faults\":$minor,\"major_faults\":$major,\"max_rss_kb\":$rss,\"order9_alloc\":${counts[2]},\"order${order}_alloc\":${counts[3]}$([ $order = 4 ] || echo ",\"order4_alloc\":0"),\"lost\":0}"
}

middle() { # the line whose user_faults is in the middle
    sed -E 's/.*"user_faults":([0-9]+).*/\1 &/' | sort -n | cut -d' ' -f2- | sed -n "$(((repeat + 1) / 2))p"
}

locked() { # locked COMMAND…: with the lock held, settings saved before and put back after
    exec 9> "$lock"
    flock 9
    local saved; saved=$(save)
    "$@" || echo "make.sh: failed: $*" >&2
    while read -r value file; do echo "$value" > "$file"; done <<< "$saved"
    exec 9>&-
}

names=${*:-$(cd "$here/programs" && ls *.sh | grep -v prepare.sh | sed 's/\.sh$//')}
for name in $names; do
    echo "$name" >&2
    (cd "$job" && "./$name.sh" > /dev/null)          # warms the page cache
    {
        locked record "$name"
        for policy in never madvise always mthp16 mthp64 mthp256; do
            for ((i = 0; i < repeat; i++)); do locked measure "$name" "$policy"; done | middle
        done
    } > "$here/$name.truth.jsonl"
    ls -l "$here/$name.perf.txt.gz" | awk '{print "  " $5 " bytes"}' >&2
done
