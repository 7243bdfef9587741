namespace Spillway.TestSupport;

/// <summary>
/// What bash runs for <see cref="CephCluster"/>: one monitor, one OSD in memory, one gateway. It stays as their supervisor: when
/// its standard input ends, because the test process closed it or died, it kills them and removes the folder.
/// Arguments: folder, monitor's port, gateway's port, access key, secret.
/// </summary>
internal static class CephScript
{
    public const string Packages = "radosgw ceph-mon ceph-osd ceph-common";

    public const string Text = """
        set -eu
        dir=$1 mon_port=$2 rgw_port=$3
        pids=()
        finish() {
          for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
          wait 2>/dev/null || true
          rm -rf "$dir"
        }
        trap 'code=$?; [ $code = 0 ] || tail -n 20 "$dir"/*.out >&2 || true; finish' EXIT
        trap 'exit 1' TERM HUP
        trap '' INT

        export CEPH_CONF=$dir/ceph.conf
        fsid=$(cat /proc/sys/kernel/random/uuid)
        osd_uuid=$(cat /proc/sys/kernel/random/uuid)
        mkdir -p "$dir/mon" "$dir/osd" "$dir/rgw" "$dir/crash"
        # "ms mon client mode = crc": without it radosgw waits for ever. No admin sockets: nobody asks them.
        cat > "$CEPH_CONF" <<CONF
        [global]
        fsid = $fsid
        mon host = v2:127.0.0.1:$mon_port
        public addr = 127.0.0.1
        ms bind ipv6 = false
        ms mon client mode = crc
        auth cluster required = none
        auth service required = none
        auth client required = none
        osd pool default size = 1
        osd pool default min size = 1
        osd pool default pg num = 2
        osd crush chooseleaf type = 0
        mon allow pool size one = true
        mon max pg per osd = 1000
        paxos propose interval = 0.05
        osd objectstore = memstore
        memstore device bytes = 1073741824
        run dir = $dir
        admin socket =
        log file = $dir/\$name.log
        mon cluster log file = $dir/cluster.log
        mon data = $dir/mon
        osd data = $dir/osd
        rgw data = $dir/rgw
        crash dir = $dir/crash
        CONF

        monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$dir/monmap" >"$dir/monmap.out" 2>&1
        ceph-mon --mkfs -i a --monmap "$dir/monmap" >"$dir/mon-mkfs.out" 2>&1
        ceph-mon -f -i a >"$dir/mon.out" 2>&1 </dev/null & pids+=($!)
        ceph-osd -i 0 --mkfs --osd-uuid "$osd_uuid" >"$dir/osd-mkfs.out" 2>&1 </dev/null & mkfs=$! pids+=($!)
        # Debian's own Python, since the module is Debian's.
        timeout 30 /usr/bin/python3 - "$osd_uuid" >"$dir/pools.out" 2>&1 <<'PYTHON'
        import json, os, sys
        import rados

        cluster = rados.Rados(conffile=os.environ["CEPH_CONF"])
        cluster.connect(timeout=15)

        def call(**command):
            code, _, error = cluster.mon_command(json.dumps(command), b"")
            if code != 0:
                sys.exit(f"{command}: {code} {error}")

        call(prefix="osd new", uuid=sys.argv[1])
        pools = [".rgw.root"]
        pools += [f"default.rgw.{name}" for name in ("log", "control", "meta")]
        pools += [f"default.rgw.buckets.{name}" for name in ("index", "data", "non-ec")]
        for pool in pools:
            call(prefix="osd pool create", pool=pool, pg_num=2)
            call(prefix="osd pool application enable", pool=pool, app="rgw")
        PYTHON
        wait "$mkfs"
        ceph-osd -f -i 0 >"$dir/osd.out" 2>&1 </dev/null & pids+=($!)
        timeout 60 radosgw-admin user create --uid spillway --display-name Spillway --access-key "$4" --secret "$5" \
          >"$dir/user.out" 2>&1 </dev/null
        # tcp_nodelay: else the second packet of an answer waits 40 ms for the first to be acknowledged.
        start_gateway() {
          radosgw -f -n client.rgw --rgw-frontends "beast endpoint=127.0.0.1:$rgw_port tcp_nodelay=1" >>"$dir/rgw.out" 2>&1 </dev/null &
          gateway=$! pids+=($!)
        }
        start_gateway
        answers() {
          exec 3<>"/dev/tcp/127.0.0.1/$rgw_port"
          printf 'GET / HTTP/1.0\r\n\r\n' >&3
          timeout 5 grep -q x-amz-request-id <&3
        }
        wait_for_gateway() {
          until (answers) 2>/dev/null; do
            kill -0 "$gateway"
            sleep 0.05
          done
        }
        wait_for_gateway
        echo READY
        while read -r command; do
          case $command in
            kill) kill -9 "$gateway"; wait "$gateway" 2>/dev/null || true ;;
            start) start_gateway; wait_for_gateway ;;
            suspend | enable) timeout 30 radosgw-admin user "$command" --uid spillway >>"$dir/user.out" 2>&1 </dev/null ;;
          esac
          echo DONE
        done
        """;
}
