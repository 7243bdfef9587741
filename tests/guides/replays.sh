# needs: owncast
printf '{ %s }' "$(block '"Keep": "7d"' | head -n 1 | sed 's#"Source": "…"#"Source": "/home/me/owncast/data/hls"#')" > $folder/spillway.json
start 'spillway serve' 'Player +http'
on_air
soon "a replay is there while on air" 'spillway replay list' '[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}'
sleep 6
settings "the end, by the API" 'curl -sf -X POST -H "Authorization: Bearer $(cat spillway-data/admin-token)" http://localhost:3000/api/v1/streams/live/end' ''
try 'spillway replay list' '[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}'
broadcast=$(grep -oE '[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}' /srv/try/said | head -n 1)
as 'spillway replay export 20261122T190501Z-7f3a show.mp4' "spillway replay export $broadcast show.mp4 && ffprobe -v error -show_entries format=duration show.mp4" 'duration=[1-9]'
as 'spillway replay delete 20261122T190501Z-7f3a' "spillway replay delete $broadcast"
finish
