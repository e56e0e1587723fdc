-- The store's time.   Reply: {microseconds}.

begin()
return {now}
