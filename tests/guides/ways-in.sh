not_tried 'make e2e-slow' "the repository's: it runs OBS itself"
prepare 'ffmpeg -nostdin -loglevel error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine -t 60 -c:v libx264 -preset ultrafast -g 50 -c:a aac show.mp4'
# The key is shown only on a terminal.
begin 'spillway serve --source rtmp' 'rtmp://localhost:1935/live/[A-Za-z0-9_-]{8,}' 'script -qefc "spillway serve --source rtmp" /dev/null'
address=$(grep -oE 'rtmp://localhost:1935/live/[A-Za-z0-9_~.-]+' /srv/try/begun | head -n 1)
prepare "timeout 60 ffmpeg -nostdin -loglevel error -re -i show.mp4 -c copy -f flv $address > /dev/null 2>&1 &"
on_air
finish
prepare 'rm -rf spillway-data'
begin 'spillway serve --source push' 'ingest/live/' 'script -qefc "spillway serve --source push" /dev/null'
key=$(grep -oE 'ingest/live/[A-Za-z0-9_~.-]+' /srv/try/begun | head -n 1 | sed 's:.*/::')
mark 'ffmpeg -re -i show.mp4 -c copy -f hls -hls_time 2 -method PUT -http_persistent 1 http://HOST:3000/ingest/live/KEY/stream.m3u8'
command=$(grep '^ffmpeg -re -i show.mp4' /srv/try/commands)
prepare "timeout 60 ${command/http:\/\/HOST:3000\/ingest\/live\/KEY/-loglevel error http:\/\/localhost:3000\/ingest\/live\/$key} > /dev/null 2>&1 < /dev/null &"
on_air
finish
