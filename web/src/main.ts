import './app/booking-app'
