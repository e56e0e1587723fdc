-- Needs: 01-step
-- The store's time.   Reply: {microseconds}.

begin()
return {now}
